/** Light, dark, or as the system wishes; each press goes to the next. */
import { type MantineColorScheme, useMantineColorScheme } from "@mantine/core";
import classes from "./shell.module.css";

const NEXT: Record<MantineColorScheme, MantineColorScheme> = { auto: "light", light: "dark", dark: "auto" };
const WORD: Record<MantineColorScheme, string> = { auto: "system", light: "light", dark: "dark" };
const ICON: Record<MantineColorScheme, string> = {
  auto: "M2 3h14v9.5H2ZM6.5 15.5h5M9 12.5v3",
  light:
    "M9 5.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7ZM9 1v2m0 12v2M1 9h2m12 0h2M3.3 3.3l1.5 1.5m8.4 8.4 1.5 1.5m0-11.4-1.5 1.5m-8.4 8.4-1.5 1.5",
  dark: "M15 10.8A6.5 6.5 0 0 1 7.2 3a6.5 6.5 0 1 0 7.8 7.8Z",
};

export function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const label = `Colours: ${WORD[colorScheme]}. Switch to ${WORD[NEXT[colorScheme]]}`;
  return (
    <button
      type="button"
      className={classes.icon}
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(NEXT[colorScheme])}
    >
      <svg
        width="18"
        height="18"
        viewBox="0 0 18 18"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        <path d={ICON[colorScheme]} />
      </svg>
    </button>
  );
}
