/** What one is called, how one signs in, and how one gets out of an account elsewhere that is linked. */
import { Button } from "@mantine/core";
import type { FormEvent } from "react";
import { Link } from "react-router";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { TextField } from "@/components/text-field";
import { Time } from "@/components/time";
import { fieldError } from "@/lib/api/problem";
import type { Profile } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useChangeProfile, useProfile } from "./api/profile";
import { IdentitiesSection } from "./identities-section";

export function ProfileSection() {
  const profile = useProfile();
  return (
    <>
      <Section title="Profile" padded>
        <Loaded query={profile} rows={5}>
          {(data) => <ProfileForm key={data.id} profile={data} />}
        </Loaded>
      </Section>
      <Section title="Password" padded>
        <Loaded query={profile} rows={1}>
          {({ has_password }) => (
            <div className={form.row}>
              <p>{has_password ? "You have a password." : "You have no password."}</p>
              <Button component={Link} to={paths.setup()} variant="default">
                {has_password ? "Change password" : "Set a password"}
              </Button>
            </div>
          )}
        </Loaded>
      </Section>
      <IdentitiesSection />
      <Section title="Groups" padded>
        <p className="in-text">
          <Link to={paths.owners()}>Groups that you are in</Link> own projects; their members have their role on all of
          them.
        </p>
      </Section>
    </>
  );
}

function ProfileForm({ profile }: { profile: Profile }) {
  const change = useChangeProfile();
  const problem = (field: string) => fieldError(change.error, field);
  const of = { saved: profile, problem };
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = (name: string) => String(new FormData(event.currentTarget).get(name) ?? "").trim();
    change.mutate({ full_name: text("full_name"), email: text("email") });
  };
  return (
    <form className={form.form} onSubmit={save} aria-label="Profile" noValidate>
      <dl className={form.facts}>
        <dt>Name</dt>
        <dd>
          <strong>{profile.name}</strong> {profile.is_admin && <span className={form.tag}>admin</span>}
        </dd>
        <dt>Account since</dt>
        <dd>
          <Time at={profile.created_at} />
        </dd>
      </dl>
      {!problem("full_name") && !problem("email") && <ProblemNote error={change.error} />}
      <div className={form.two}>
        <TextField
          of={of}
          name="full_name"
          label="Full name"
          autoComplete="name"
          description="Shown beside your name"
        />
        <TextField
          of={of}
          name="email"
          label="E-mail"
          type="email"
          autoComplete="email"
          description="Where admins reach you; nobody else sees it"
        />
      </div>
      <div className={form.row}>
        <Button type="submit" loading={change.isPending}>
          Save
        </Button>
        <span role="status">{change.isSuccess && "✓ Saved"}</span>
      </div>
    </form>
  );
}
