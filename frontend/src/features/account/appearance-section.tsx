/** How one likes the page: each choice counts at once, and in every browser. */
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { usePageSettings, useSavePageSettings } from "@/lib/api/calls/page-settings";
import type { PageSettings } from "@/lib/api/types";

type Name = keyof PageSettings;
type Choice = [word: string, text: string, means: string];

const CHOICES: readonly [name: Name, legend: string, choices: readonly Choice[]][] = [
  [
    "theme",
    "Colours",
    [
      ["system", "As the system", "follows light and dark of this computer"],
      ["light", "Light", ""],
      ["dark", "Dark", ""],
    ],
  ],
  [
    "density",
    "Rows of tables",
    [
      ["comfortable", "Comfortable", "36 pixels high"],
      ["compact", "Compact", "28 pixels high: more fits on the screen"],
    ],
  ],
  [
    "times",
    "Times",
    [
      ["relative", "Relative", "4 min ago; after a day the date"],
      ["local", "Local", "2026-11-20 14:03"],
      ["utc", "UTC", "2026-11-20 13:03:11Z"],
    ],
  ],
  [
    "keys",
    "Single-key shortcuts",
    [
      ["on", "On", "j and k, f, / and others act while you do not type"],
      ["off", "Off", "for those who speak to the computer, or hit keys by accident; Escape and arrows stay"],
    ],
  ],
  [
    "wheel",
    "The mouse wheel on a graph",
    [
      ["pan", "Moves it", "with Ctrl it zooms"],
      ["zoom", "Zooms", "at the pointer"],
    ],
  ],
];

export function AppearanceSection() {
  const save = useSavePageSettings();
  return (
    <Section title="Appearance" padded>
      <Loaded query={usePageSettings()} rows={8}>
        {(settings) => (
          <form className={form.form} aria-label="Appearance">
            {CHOICES.map(([name, legend, choices]) => (
              <fieldset key={name} className={form.choices}>
                <legend>{legend}</legend>
                {choices.map(([word, text, means]) => (
                  <label key={word} className={form.choice}>
                    <input
                      type="radio"
                      name={name}
                      value={word}
                      checked={settings[name] === word}
                      onChange={() => save.mutate({ [name]: word })}
                    />
                    <strong>{text}</strong>
                    {means && <span>{means}</span>}
                  </label>
                ))}
              </fieldset>
            ))}
            <ProblemNote error={save.error} />
            <p role="status" className={form.note}>
              {save.isSuccess
                ? "✓ Saved, for all your browsers"
                : "What you choose counts at once, in all your browsers."}
            </p>
          </form>
        )}
      </Loaded>
    </Section>
  );
}
