/** The parts of the site: rail, palette and keys know the same. */
import { paths } from "@/lib/paths";

export interface Part {
  text: string;
  to: string;
  /** The letter after `g`. */
  key?: string;
  end?: boolean;
  /** Shown in the bar of narrow screens as well. */
  narrow?: boolean;
  admin?: boolean;
  icon: string;
}

export const PARTS: readonly Part[] = [
  {
    to: paths.home(),
    text: "Home",
    key: "h",
    end: true,
    narrow: true,
    icon: "M2.5 8 9 2.5 15.5 8v7.5h-4.5v-4.5h-4v4.5H2.5Z",
  },
  {
    to: paths.trees(),
    text: "Trees",
    key: "t",
    narrow: true,
    icon: "M2 7h4v4H2Zm10-5h4v4h-4Zm0 10h4v4h-4ZM6 9h3m0 0V4h3M9 9v5h3",
  },
  {
    to: paths.projects(),
    text: "Projects",
    key: "p",
    narrow: true,
    icon: "M9 1.8 16 5.4v7.2L9 16.2l-7-3.6V5.4Zm0 7v7.4M2 5.4l7 3.5 7-3.5",
  },
  {
    to: paths.graph(),
    text: "Graph",
    key: "g",
    icon: "M3.5 9a2 2 0 1 0 .1 0M14.5 3a2 2 0 1 0 .1 0M14.5 11a2 2 0 1 0 .1 0M5.5 10.2l7-4M5.5 11.6l7 1.2",
  },
  {
    to: paths.jobs(),
    text: "Jobs",
    key: "j",
    narrow: true,
    icon: "M1.8 4h5l1.7 2h7.7v8.5H1.8Zm5.4 4.2v4l3.6-2Z",
  },
  { to: paths.builds(), text: "Builds", key: "b", icon: "M2 3.5h14v11H2ZM5 7l2.5 2L5 11m4.5 0H13" },
  {
    to: paths.agents(),
    text: "Agents",
    key: "a",
    narrow: true,
    icon: "M2.5 3h13v5h-13Zm0 7h13v5h-13ZM5.5 5.5h.1m-.1 7h.1",
  },
];

export const BELOW: readonly Part[] = [
  {
    to: paths.admin(),
    text: "Admin",
    admin: true,
    icon: "M9 1.8 15 4v4.6c0 3.6-2.4 6.3-6 7.6-3.6-1.3-6-4-6-7.6V4Z",
  },
  {
    to: paths.help(),
    text: "Help",
    icon: "M9 1.8a7.2 7.2 0 1 0 .1 0M7 7a2 2 0 1 1 2.9 1.8c-.7.4-.9.8-.9 1.6m0 2.2h.1",
  },
];

/** Not in the rail, for it is a matter of projects; found by its key and in the palette. */
const OWNERS: Part = { to: paths.owners(), text: "Owners", key: "o", icon: "" };

export const EVERYWHERE: readonly Part[] = [...PARTS, OWNERS, ...BELOW];
