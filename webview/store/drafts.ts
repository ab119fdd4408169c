/** Fields in which something stands that the document does not have yet. Each commits it when it is asked to. */
const open = new Set<() => void>();

/** Names a field with an uncommitted text; returns what ends that. */
export function holdDraft(commit: () => void): () => void {
  open.add(commit);
  return () => open.delete(commit);
}

/** Commits what is typed and valid: a save, a run or an undo must see what the person sees. */
export function flushDrafts(): void {
  for (const commit of [...open]) commit();
}
