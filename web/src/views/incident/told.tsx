// What customers are told of an incident: what waits, what went out, and new words.

import { call } from "../../api/call";
import type { Case, CaseUpdate } from "../../api/told";
import { Needs } from "../../parts/forms";
import { Card, Chip, Complaint, Done, Said, Waiting, When } from "../../parts/words";
import { useAsked } from "../../state/asked";
import { type Ordered, useDeed } from "../../state/deed";
import { may } from "../../state/session";
import { TellCustomers } from "./tell_customers";

type Order = (what: string, done: string, body: object) => void;

function Promised({ of }: { of: Case }) {
    if (of.over !== null) return <>It is over.</>;
    if (of.next === null) return <>No next update is promised.</>;
    return (
        <>
            Next update by <When time={of.next.due} />
            {of.next.broken ? <strong class="bad">: that was not kept</strong> : ""}.
        </>
    );
}

function WaitingText({ update, deed, order }: { update: CaseUpdate; deed: Ordered; order: Order }) {
    const act = (act: "approve" | "hold", done: string) => () => order("updates", done, { act, number: update.number });
    return (
        <div class="waiting-text">
            <p>
                <Chip tone="warn">waits</Chip>{" "}
                {update.goes_out === null ? (
                    "It goes out when somebody lets it."
                ) : (
                    <>
                        It goes out by itself at <When time={update.goes_out} />.
                    </>
                )}
            </p>
            <blockquote>
                <Said text={update.text} lines />
            </blockquote>
            {may("act") ? (
                <p class="row">
                    <button type="button" class="first" disabled={deed.busy} onClick={act("approve", "Customers are told.")}>
                        Let it out
                    </button>
                    {update.goes_out === null ? null : (
                        <button type="button" disabled={deed.busy} onClick={act("hold", "It waits for you.")}>
                            Hold it
                        </button>
                    )}
                </p>
            ) : null}
        </div>
    );
}

function Published({ updates }: { updates: readonly CaseUpdate[] }) {
    if (updates.length === 0) return <p class="quiet">Customers have been told nothing yet.</p>;
    return (
        <ol class="timeline">
            {updates.map((update) => (
                <li key={update.number}>
                    <When time={update.published} date="always" />
                    <span>
                        <Chip tone="plain">{update.state}</Chip>
                    </span>
                    <span class="said-by">
                        <strong>
                            <Said text={update.approver} />:{" "}
                        </strong>
                        <Said text={update.text} lines />
                    </span>
                </li>
            ))}
        </ol>
    );
}

function Checks({ of, deed, order }: { of: Case; deed: Ordered; order: Order }) {
    const open = of.checks.map((check, at) => ({ ...check, number: at + 1 })).filter((check) => check.done === null);
    if (open.length === 0) return null;
    return (
        <>
            <h3>Before it is over</h3>
            <ul class="alerts">
                {open.map(({ number, text }) => (
                    <li key={number}>
                        <Said text={text} />
                        {may("support") ? (
                            <button type="button" disabled={deed.busy} onClick={() => order("checks", "It is ticked off.", { number })}>
                                Done<span class="heard"> with check {number}</span>
                            </button>
                        ) : null}
                    </li>
                ))}
            </ul>
        </>
    );
}

function Whole({ of, again }: { of: Case; again: () => void }) {
    const deed = useDeed();
    const waits = of.updates.filter(({ stage }) => stage === "draft" || stage === "held").at(-1);
    const told = of.updates.filter(({ stage }) => stage === "published").reverse();
    const run = (what: string, done: string, body: object) =>
        deed.run(async () => {
            await call(`cases/${encodeURIComponent(of.id)}/${what}`, { method: "POST", body });
            again();
            return done;
        });
    const order: Order = (what, done, body) => void run(what, done, body);
    return (
        <>
            <p>
                <Said text={of.title} />. <Promised of={of} />
            </p>
            {waits === undefined ? null : <WaitingText update={waits} deed={deed} order={order} />}
            {waits !== undefined || of.over !== null || !may("support") ? null : (
                <p class="row">
                    <button type="button" disabled={deed.busy} onClick={() => order("updates", "A text waits for you.", { act: "draft" })}>
                        Draw a text from what is measured
                    </button>
                </p>
            )}
            <Complaint refused={deed.refused} />
            <Done text={deed.done} />
            <Published updates={told} />
            <Checks of={of} deed={deed} order={order} />
            {of.over === null ? (
                <Needs least="act" what="Telling customers">
                    <TellCustomers
                        state={of.state}
                        busy={deed.busy}
                        onTell={(body) => run("updates", "Customers are told.", { act: "publish", ...body })}
                    />
                </Needs>
            ) : null}
        </>
    );
}

export function Told({ id }: { id: string }) {
    const { answer, refused, again } = useAsked<Case>(`cases/${encodeURIComponent(id)}`, {}, 5_000);
    const none = refused?.status === 404;
    return (
        <Card title="What customers are told" wide>
            {none ? (
                <p class="quiet">There is no case of it: customers are told nothing.</p>
            ) : (
                <Complaint refused={refused} again={again} />
            )}
            {answer === null ? refused === null ? <Waiting what="Reading the case" /> : null : <Whole of={answer} again={again} />}
        </Card>
    );
}
