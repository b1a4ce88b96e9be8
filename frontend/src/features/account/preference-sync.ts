/**
 * Keeps this browser and the account alike: what the account says takes effect here, and what is chosen here in passing (a click on a
 * time, the switch for colours) goes to the account.
 */
import { type MantineColorScheme, useMantineColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import { usePageSettings, useSavePageSettings } from "@/lib/api/calls/page-settings";
import type { PageSettings } from "@/lib/api/types";
import { prefer, usePreferences } from "@/lib/preferences";
import { differing } from "./preference-model";

const SCHEME: Record<PageSettings["theme"], MantineColorScheme> = { system: "auto", light: "light", dark: "dark" };
const THEME: Record<MantineColorScheme, PageSettings["theme"]> = { auto: "system", light: "light", dark: "dark" };

/** Somebody who clicks through the choices is waited for. */
const SETTLED_MS = 600;

export function usePreferenceSync(): void {
  const { data } = usePageSettings();
  const { mutate } = useSavePageSettings();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const here = usePreferences();
  // it is another function on each rendering, and what the account says must count once, when it comes
  const colour = useRef(setColorScheme);
  colour.current = setColorScheme;
  useEffect(() => {
    if (!data) return;
    prefer(data);
    colour.current(SCHEME[data.theme]);
  }, [data]);
  useEffect(() => {
    const changed = data && differing({ ...here, theme: THEME[colorScheme] }, data);
    if (!changed) return;
    const timer = setTimeout(() => mutate(changed), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [here, colorScheme, data, mutate]);
}
