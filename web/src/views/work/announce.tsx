// Announcing work: what customers read of it, and when.

import { useState } from "preact/hooks";
import { call } from "../../api/call";
import { Area, bytesOf, Ticks } from "../../parts/areas";
import { Field, Form, Needs } from "../../parts/forms";
import { Lengths, Moment } from "../../parts/moment";
import { Card, Complaint, Done } from "../../parts/words";
import type { ServiceChoice } from "../../state/case";
import { useDeed } from "../../state/deed";
import { fullHour, rfc3339 } from "../../text/moment";

interface Plan {
    title: string;
    text: string;
    services: string[];
    from: Date | null;
    until: Date | null;
}

function fresh(): Plan {
    const from = fullHour(new Date(), 12);
    return { title: "", text: "", services: [], from, until: new Date(from.getTime() + 7_200_000) };
}

/** What is wrong with the times; empty: nothing. */
export function wrongTimes(from: Date | null, until: Date | null, now: number): string {
    if (from === null || until === null) return "Both times are needed.";
    if (until <= from) return "It ends before it begins.";
    return until.getTime() <= now ? "Its end is past already." : "";
}

function Times({ plan, onPlan }: { plan: Plan; onPlan: (plan: Plan) => void }) {
    return (
        <>
            <div class="row">
                <Moment name="from" label="From" value={plan.from} onValue={(from) => onPlan({ ...plan, from })} />
                <Moment name="until" label="Until" value={plan.until} onValue={(until) => onPlan({ ...plan, until })} />
            </div>
            <Lengths legend="It takes" from={plan.from} onUntil={(until) => onPlan({ ...plan, until })} />
        </>
    );
}

function bodyOf({ title, text, services, from, until }: Plan): object {
    return {
        title,
        ...(text.trim() === "" ? {} : { text }),
        services,
        from: from === null ? "" : rfc3339(from),
        until: until === null ? "" : rfc3339(until),
    };
}

function AnnounceForm({ services, onDone }: { services: readonly ServiceChoice[]; onDone: () => void }) {
    const [plan, setPlan] = useState(fresh);
    const deed = useDeed();
    const wrong = wrongTimes(plan.from, plan.until, Date.now());
    const order = async () => {
        const announced = await deed.run(async () => {
            const { id } = await call<{ id: string }>("work", { method: "POST", body: bodyOf(plan) });
            return `${id} is announced: the public page has it. Begin it by hand when it begins.`;
        });
        if (!announced) return;
        setPlan(fresh());
        onDone();
    };
    return (
        <Form label="Announce work" onSubmit={() => void order()}>
            <Field name="title" label="What is done" value={plan.title} onValue={(title) => setPlan({ ...plan, title })} required />
            <Area
                name="text"
                label="Words for customers"
                value={plan.text}
                onValue={(text) => setPlan({ ...plan, text })}
                hint="What they will notice, and what they can do meanwhile"
            />
            <Ticks
                legend="Services that it touches"
                name="service"
                options={services}
                chosen={plan.services}
                onChosen={(chosen) => setPlan({ ...plan, services: chosen })}
                empty="No [[status_service]] is configured."
            />
            <Times plan={plan} onPlan={setPlan} />
            {wrong === "" ? null : (
                <p class="bad" role="status">
                    {wrong}
                </p>
            )}
            <button type="submit" class="first" disabled={deed.busy || wrong !== "" || bytesOf(plan.text) > 4000}>
                Announce it
            </button>
            <Complaint refused={deed.refused} />
            <Done text={deed.done} />
        </Form>
    );
}

export function Announce(props: { services: readonly ServiceChoice[]; onDone: () => void }) {
    return (
        <Card title="Announce work" aside="public at once" wide>
            <Needs least="act" what="Announcing work">
                <AnnounceForm {...props} />
            </Needs>
        </Card>
    );
}
