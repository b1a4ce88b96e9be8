/** Keeps the colours of a log readable: any colour is moved towards black or white until it stands out enough. */

type Rgb = [number, number, number];

const ENOUGH = 4.5;
const LIGHT: Rgb = [255, 255, 255];
const DARK: Rgb = [23, 26, 32];

export const parseRgb = (text: string): Rgb =>
  text.split(",").map((part) => Math.min(255, Math.max(0, Number(part) || 0))) as Rgb;

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const v = part / 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The ratio of WCAG, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The text colour nearest to `fg` that has 4.5:1 on `bg` (default: the log's own background), as CSS. */
export function readable(
  fg: string | null,
  bg: string | null,
  dark: boolean,
): { color?: string; backgroundColor?: string } {
  const ground = bg === null ? (dark ? DARK : LIGHT) : parseRgb(bg);
  const style = bg === null ? {} : { backgroundColor: css(ground) };
  const wished: Rgb = fg === null ? (dark ? [233, 235, 238] : [27, 31, 36]) : parseRgb(fg);
  if (fg === null && bg === null) return style;
  const target: Rgb = contrast([255, 255, 255], ground) >= contrast([0, 0, 0], ground) ? [255, 255, 255] : [0, 0, 0];
  for (let share = 0; share <= 1; share += 0.1) {
    const mixed = wished.map((part, i) => Math.round(part + ((target[i] ?? 0) - part) * share)) as Rgb;
    if (contrast(mixed, ground) >= ENOUGH) return { ...style, color: css(mixed) };
  }
  return { ...style, color: css(target) };
}

const css = (colour: Rgb): string => `rgb(${colour.join(", ")})`;
