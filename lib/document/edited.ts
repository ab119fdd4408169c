import type { Member, ObjectTree } from './tree.js';

/** Objects with fewer members are copied when one of them changes. */
export const many = 64;

/**
 * A large object after a change inside one of its members: the members before it stand where they stood, those behind it have moved together. They
 * are moved one by one only when somebody asks for them all, so that typing in one place of a long text does not touch the rest of it.
 */
export class EditedObject implements ObjectTree {
  readonly kind = 'object';
  memo: unknown = undefined;
  private all: readonly Member[] | undefined = undefined;

  private constructor(readonly length: number, readonly index: ReadonlyMap<string, number>, private readonly base: readonly Member[], readonly at: number, readonly member: Member, private readonly shift: number, readonly before: unknown) {}

  /** `tree` with `member` as number `at`; its memo is kept as `before`, so that a reader takes over what it made of the other members. */
  static of(tree: ObjectTree, index: ReadonlyMap<string, number>, at: number, member: Member, shift: number): EditedObject {
    const again = tree instanceof EditedObject && tree.all === undefined && tree.at === at;
    return new EditedObject(tree.length + shift, index, again ? tree.base : tree.members, at, member, again ? tree.shift + shift : shift, tree.memo);
  }

  get members(): readonly Member[] {
    return (this.all ??= this.base.map((_, k) => this.memberAt(k)));
  }

  get count(): number {
    return this.base.length;
  }

  memberAt(k: number): Member {
    if (this.all) return this.all[k]!;
    return k === this.at ? this.member : k > this.at && this.shift !== 0 ? moved(this.base[k]!, this.shift) : this.base[k]!;
  }

  /** Where a member ends. */
  endAt(k: number): number {
    const { start, value } = k === this.at ? this.member : this.base[k]!;
    return start + value.length + (k > this.at ? this.shift : 0);
  }
}

export function moved({ key, keyStart, keyEnd, start, value }: Member, shift: number): Member {
  return { key, keyStart: keyStart + shift, keyEnd: keyEnd + shift, start: start + shift, value };
}
