/** Milliseconds for which something that waits for the keyboard to leave the page is still wanted. */
const WANTED = 5_000;

/**
 * Does a thing once the keyboard is not in this page: now, or when it soon leaves. A row of the Problems panel under the resting pointer asks
 * for its problem just as one that is pressed; only the latter takes the keyboard away from what is being typed here.
 */
export function createElsewhere(page: Window): (act: () => void) => void {
  let waiting: { readonly act: () => void; readonly until: number } | undefined;
  page.addEventListener('blur', () => {
    const { act, until } = waiting ?? { until: 0 };
    waiting = undefined;
    if (act && Date.now() < until) act();
  });
  return (act) => {
    waiting = page.document.hasFocus() ? { act, until: Date.now() + WANTED } : undefined;
    if (!waiting) act();
  };
}
