/** Deliveries of all trees that failed: those that were given up can be chosen and sent again together. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { itemsOf, More } from "@/components/rows-of-pages";
import { SelectBox } from "@/components/select-box";
import type { FailedDelivery } from "@/lib/api/types";
import own from "./admin.module.css";
import { type DeliveryState, useDeliveries, useRedeliver } from "./api/deliveries";
import { DeliveryRows } from "./delivery-rows";

/** As many as the server takes at once. */
const MOST = 100;

const STATES: [DeliveryState, string][] = [
  ["dead", "Given up"],
  ["retrying", "Tried again"],
];

export function DeliveriesSection() {
  const [params, setParams] = useSearchParams();
  const state: DeliveryState = params.get("state") === "retrying" ? "retrying" : "dead";
  const deliveries = useDeliveries(state);
  return (
    <Section
      title="Deliveries"
      actions={
        <SelectBox
          label="Which deliveries"
          value={state}
          options={STATES}
          onChange={(next) => setParams(next === "dead" ? {} : { state: next })}
        />
      }
    >
      <Loaded query={deliveries} rows={4}>
        {(data) => (state === "dead" ? <Dead deliveries={itemsOf(data)} /> : <Retrying deliveries={itemsOf(data)} />)}
      </Loaded>
      <More query={deliveries} />
    </Section>
  );
}

function Dead({ deliveries }: { deliveries: FailedDelivery[] }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const redeliver = useRedeliver();
  // what was sent again by somebody else is chosen no longer
  const ids = deliveries.map(({ id }) => id).filter((id) => chosen.has(id));
  const send = () => redeliver.mutate(ids.slice(0, MOST), { onSuccess: () => setChosen(new Set()) });
  const said = redeliver.data && <p role="status">{redeliver.data.text}</p>;
  if (!deliveries.length)
    return (
      <>
        {said && <div className={own.bar}>{said}</div>}
        <Empty title="Nothing was given up">
          A delivery that a CI system refuses, or does not take in ten tries, is listed here, to be sent again when its
          cause is mended.
        </Empty>
      </>
    );
  return (
    <>
      <div className={own.bar}>
        <Button size="xs" disabled={!ids.length} loading={redeliver.isPending} onClick={send}>
          {ids.length ? `Redeliver ${Math.min(ids.length, MOST)}` : "Redeliver"}
        </Button>
        <span className={form.note}>
          {ids.length > MOST
            ? `${ids.length} chosen; ${MOST} are sent at a time`
            : ids.length
              ? "Each under the same delivery id, so that what had arrived after all is not started twice"
              : "Choose what is to be sent again"}
        </span>
        {said}
        <ProblemNote error={redeliver.error} />
      </div>
      <DeliveryRows deliveries={deliveries} chosen={new Set(ids)} onChoose={setChosen} />
    </>
  );
}

function Retrying({ deliveries }: { deliveries: FailedDelivery[] }) {
  if (!deliveries.length)
    return (
      <Empty title="Nothing is tried again">What a CI system does not take at once waits here for its next try.</Empty>
    );
  return <DeliveryRows deliveries={deliveries} />;
}
