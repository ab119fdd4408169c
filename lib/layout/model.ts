import type { JsonPath } from '../document/json.js';
import type { Shape } from '../shapes/dimension.js';

/** What the canvas shows, before it has a place. All of it is derived from an analysis and a view; nothing here is stored. */
export interface Picture {
  readonly root: Scene;
  /** Resolution levels that occur on wires with height and width, with the size that stands for each: for the legend. */
  readonly levels: readonly { readonly level: number; readonly size: string }[];
  /** Kinds of skip that are drawn. */
  readonly merges: readonly MergeKind[];
}

export type MergeKind = 'add' | 'concat' | 'gate';
/** Colour of a layer's bar: its family. */
export type Tint = 'conv' | 'norm' | 'act' | 'pool' | 'linear' | 'attn' | 'recur' | 'shape' | 'io' | 'block';

/** One scope that stands open: the document, or one repetition of a block. */
export interface Scene {
  /** Path of the instance; '' is the document. */
  readonly path: string;
  readonly entries: readonly Entry[];
  readonly units: readonly Unit[];
  readonly exits: readonly Exit[];
  readonly links: readonly Link[];
}

/** An input of the scope: where its wire comes in. The document's inputs are pills, so a document scene has no entries. */
export interface Entry {
  readonly id: string;
  readonly name: string;
}

/** An output of the scope. */
export interface Exit {
  readonly id: string;
  readonly name: string;
  readonly index: number;
  /** The document's outputs are pills when there are several, a short wire with its shape otherwise. */
  readonly pill: boolean;
}

/** One written node (or input) in the repetition that is shown: what can be selected. */
export interface Item {
  /** Expanded path; the name for an input of the document. */
  readonly path: string;
  readonly name: string;
  /** Path of the instance that it stands in. */
  readonly scope: string;
  /** Name of the block that it is written in; '' is the document. */
  readonly block: string;
  readonly place: JsonPath;
  /** The operator's or the block's name. */
  readonly type: string;
  readonly tint: Tint;
  /** Line 2: "3×3", "128", "/2". */
  readonly summary: readonly string[];
  readonly state: 'ok' | 'error' | 'unknown' | 'absent';
  readonly problem?: 'error' | 'warning' | 'hint';
  /** The path whose weights it shares (its own, where others use them). */
  readonly weights?: string;
  /** Training leaves its weights as they are: `freeze` is written at it. */
  readonly frozen?: boolean;
  /** Not there yet: what the focused fix or the dragged layer would add, or changes. */
  readonly ghost?: 'added' | 'changed';
  /** Written `repeat`, where it has one. */
  readonly times?: number;
  /** Which repetition is shown. */
  readonly shown?: number;
  /** How far from its own place a person put it, as seen in a falling flow: `x` across it, `y` along it. What floats is held by the pointer. */
  readonly moved?: Offset & { readonly floating?: boolean };
  /** Read aloud. */
  readonly spoken: string;
}

/** What is placed as one piece. Its id is unique in the picture. */
export type Unit = Card | Pill | Merge | ClosedBlock | Frame;

export interface Card {
  readonly kind: 'card';
  readonly id: string;
  readonly item: Item;
  /** Docked above and below, in reading order. */
  readonly head: readonly Item[];
  readonly foot: readonly Item[];
  /** It stands in a lane. */
  readonly narrow: boolean;
}
export interface Pill {
  readonly kind: 'pill';
  readonly id: string;
  readonly item: Item;
}
export interface Merge {
  readonly kind: 'merge';
  readonly id: string;
  readonly item: Item;
  readonly merge: MergeKind;
  /** The activation right after it. */
  readonly tail?: Item;
  /** Beside a concatenation: "256 + 256". */
  readonly note?: string;
  /** The shapes that arrive where they cannot be combined. */
  readonly arriving: readonly Arrival[];
}
export interface Arrival {
  readonly link: string;
  readonly who: string;
  readonly dims: readonly { readonly text: string; readonly differs: boolean }[];
}
export interface ClosedBlock {
  readonly kind: 'block';
  readonly id: string;
  readonly item: Item;
  /** Line 2: words, and the glyph of the skip inside. */
  readonly inside: readonly ({ readonly text: string } | { readonly glyph: MergeKind })[];
}
export interface Frame {
  readonly kind: 'frame';
  readonly id: string;
  readonly item: Item;
  /** At the right of the header: "73,984 params". */
  readonly cost: string;
  /** How many uses of this block the whole network has: an edit inside changes all of them. */
  readonly uses: number;
  /** Of a dense repetition: what each repetition reads and adds. Nothing else stands at that side of the frame. */
  readonly bus?: Bus;
  readonly body: Scene;
}
/** The running concatenation of a dense repetition: the input and what each repetition adds, in sizes along the concatenated axis where these are known. */
export interface Bus {
  readonly input: number | undefined;
  readonly growth: number | undefined;
}

/** A wire between two units, or between a unit and the border of its scope. */
export interface Link {
  readonly id: string;
  /** Unit, entry or exit. `item` is the path within the unit. */
  readonly from: { readonly id: string; readonly item: string; readonly output: number };
  readonly to: { readonly id: string; readonly item: string; readonly input: number };
  readonly shape: Shape | null;
  /** Non-batch sizes, as printed; `strong` where it changed since the label before. */
  readonly label: readonly LabelPart[];
  /** Pixels. */
  readonly width: number;
  readonly level: number | 'vec';
  readonly unknown: boolean;
  /** Set where the wire is (part of) a skip. */
  readonly skip?: SkipLink;
  /** Which lane it runs in; undefined for a wire of the flow. */
  readonly lane?: string;
  readonly ghost?: boolean;
}
export interface LabelPart {
  readonly text: string;
  readonly strong: boolean;
}
export interface SkipLink {
  readonly merge: MergeKind;
  /** Cut by `off`. */
  readonly off: boolean;
  /** The merge and its input: names the skip. */
  readonly to: string;
  readonly input: number;
  /** "identity · 2 layers"; only on the link that carries the chip. */
  readonly chip?: string;
  /** Its last wire, which ends in a head. */
  readonly last: boolean;
}

/** A distance in canvas pixels, as seen in a falling flow. */
export interface Offset {
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A picture with positions, in canvas pixels. */
export interface Placed {
  readonly picture: Picture;
  readonly bounds: Box;
  readonly units: readonly PlacedUnit[];
  readonly wires: readonly PlacedWire[];
  readonly labels: readonly PlacedLabel[];
  readonly chips: readonly PlacedChip[];
  /** Where wires part, by the path they leave from. */
  readonly forks: ReadonlyMap<string, Point>;
  readonly exits: readonly PlacedExit[];
}
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface PlacedUnit extends Box {
  readonly unit: Unit;
  /** 0 in the document, 1 in an open block ... */
  readonly depth: number;
  /** Where the flow's axis runs through it, measured from its left (down) or top (right). */
  readonly axis: number;
  /** The scene that it stands in. */
  readonly scene: string;
}
export interface PlacedWire {
  readonly link: Link;
  readonly scene: string;
  readonly points: readonly Point[];
  /** Where it leaves its strand, for one of a bundle: many lanes that stand close together. The wires of a bundle run over one another but for this spot. */
  readonly tap?: Point;
}
export interface PlacedLabel extends Point {
  readonly parts: readonly LabelPart[];
  /** The path whose output it tells. */
  readonly of: string;
  readonly align: 'left' | 'center';
  readonly kind: 'shape' | 'note' | 'arrival';
  readonly unknown: boolean;
  readonly arrival?: Arrival;
  readonly skip?: MergeKind;
  readonly level?: number | 'vec';
}
export interface PlacedChip extends Point {
  readonly skip: SkipLink;
  readonly text: string;
  readonly link: string;
}
export interface PlacedExit extends Point {
  readonly exit: Exit;
  readonly scene: string;
}
