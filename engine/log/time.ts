/** Times of log lines, in local time. */

const two = (value: number): string => String(value).padStart(2, '0');

const timeOfDay = (time: Date): string =>
  `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;

/** `2024-05-06 17:18:19` */
export function plainTime(milliseconds: number): string {
  const time = new Date(milliseconds);
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${timeOfDay(time)}`;
}

/** `6/5/2024 -- 17:18:19`: the day, the month, the year. */
export function oldTime(milliseconds: number): string {
  const time = new Date(milliseconds);
  return `${time.getDate()}/${time.getMonth() + 1}/${time.getFullYear()} -- ${timeOfDay(time)}`;
}

/** `2024-05-06T17:18:19.123000+0200` */
export function eveTime(milliseconds: number): string {
  const time = new Date(milliseconds);
  const fraction = String(time.getMilliseconds()).padStart(3, '0');
  return `${plainTime(milliseconds).replace(' ', 'T')}.${fraction}000${zone(-time.getTimezoneOffset())}`;
}

function zone(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}
