/** `report` called at most every 100 ms; `force` calls it in any case. */
export function throttled<T>(report: ((value: T) => void) | undefined): (value: T, force?: boolean) => void {
  let last = 0;
  return (value, force = false) => {
    const now = performance.now();
    if (!report || (!force && now - last < 100)) return;
    last = now;
    report(value);
  };
}
