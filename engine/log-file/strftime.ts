/** File names with the time: the strftime(3) fields that make sense in one. Unknown ones are kept unchanged. */
const FIELDS: Readonly<Record<string, (date: Date) => number | string>> = {
  '%': () => '%',
  Y: date => date.getFullYear(),
  m: date => two(date.getMonth() + 1),
  d: date => two(date.getDate()),
  H: date => two(date.getHours()),
  M: date => two(date.getMinutes()),
  S: date => two(date.getSeconds()),
  y: date => two(date.getFullYear() % 100),
  D: date => `${two(date.getMonth() + 1)}/${two(date.getDate())}/${two(date.getFullYear() % 100)}`,
  F: date => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
  T: date => [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':'),
  j: date => String(dayOfYear(date)).padStart(3, '0'),
  s: date => Math.floor(date.getTime() / 1000),
};

/** @param date shown in local time */
export function strftime(format: string, date: Date): string {
  return format.replace(/%([A-Za-z%])/g, (whole, field: string) => String(FIELDS[field]?.(date) ?? whole));
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function dayOfYear(date: Date): number {
  const day = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (day - Date.UTC(date.getFullYear(), 0, 1)) / 86_400_000 + 1;
}
