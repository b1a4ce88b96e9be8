/** Mantine dressed in the design's tokens (styles/tokens.css). */
import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from "@mantine/core";

// Shade 8 is the light accent, shade 4 the dark one; both carry text at 4.5:1 or better.
const accent: MantineColorsTuple = [
  "#eff5ff",
  "#dbe8ff",
  "#bcd5ff",
  "#9cc2ff",
  "#7fb0ff",
  "#5b95f5",
  "#3f7fea",
  "#2d6ee0",
  "#1f5fd6",
  "#184fb5",
];

// Shade 8 carries white at 4.5:1, shade 4 near-black.
const danger: MantineColorsTuple = [
  "#fff0ee",
  "#fddbd7",
  "#f8b5ae",
  "#ff9287",
  "#ff6a5c",
  "#e5503f",
  "#cf3a29",
  "#b62617",
  "#9c1407",
  "#7e0f05",
];

export const theme = createTheme({
  colors: { accent, danger },
  primaryColor: "accent",
  primaryShade: { light: 8, dark: 4 },
  // Text on filled buttons must follow the colour scheme; Mantine works it out for the light one only.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    return input.variant === "filled" ? { ...colors, color: "var(--on-accent)" } : colors;
  },
  fontFamily: "var(--sans)",
  fontFamilyMonospace: "var(--mono)",
  defaultRadius: 6,
  black: "#0b0d10",
  fontSizes: { xs: "12px", sm: "14px", md: "14px", lg: "16px", xl: "20px" },
  respectReducedMotion: true,
  cursorType: "pointer",
});

const tokens = {
  "--mantine-color-body": "var(--card)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-dimmed": "var(--muted)",
  "--mantine-color-placeholder": "var(--muted)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-color-error": "var(--s-failed)",
  "--mantine-color-accent-light-color": "var(--accent)",
  "--mantine-color-accent-outline": "var(--accent)",
  "--mantine-color-danger-light-color": "var(--s-failed)",
  "--mantine-color-danger-outline": "var(--s-failed)",
  "--mantine-color-default": "var(--card)",
  "--mantine-color-default-hover": "var(--hover)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--control)",
};

export const cssVariablesResolver: CSSVariablesResolver = () => ({ variables: {}, light: tokens, dark: tokens });
