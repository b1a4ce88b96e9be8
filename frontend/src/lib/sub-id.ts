/** Orders `1.2` before `1.10`, and any other names naturally: digits by value, the rest by code unit. */
export function compareSubIds(a: string, b: string): number {
  const left = a.split(/(\d+)/);
  const right = b.split(/(\d+)/);
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const order = comparePart(left[i] ?? "", right[i] ?? "", i % 2 === 1);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function comparePart(a: string, b: string, digits: boolean): number {
  if (digits && Number(a) !== Number(b)) return Number(a) - Number(b);
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
