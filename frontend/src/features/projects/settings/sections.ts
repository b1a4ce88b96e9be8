/** The parts of a project's settings, in the order of the navigation. */
import type { SettingsSection } from "@/lib/paths";

export const SECTIONS: readonly [section: SettingsSection, name: string][] = [
  ["general", "General"],
  ["target", "CI target"],
  ["repository", "Repository access"],
  ["secrets", "Secrets"],
  ["dependencies", "Dependencies"],
  ["tokens", "Tokens"],
  ["trust", "Trust"],
  ["members", "Members"],
  ["notifications", "Notifications"],
  ["webhooks", "Webhooks"],
  ["badge", "Badge"],
  ["danger", "Delete"],
];
