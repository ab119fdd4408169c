/** A sentence whose names stand between backticks, as the analysis writes it; the names are set as names. */
export function Marked({ text }: { readonly text: string }) {
  return text.split('`').map((part, k) => (k % 2 === 1 ? <span key={k} className="mono strong">{part}</span> : part));
}
