// What customers are told of an incident: what waits, what went out, and new words.

import { useState } from "preact/hooks";
import type { Case, CaseUpdate } from "../../api/told";
import { Needs } from "../../parts/forms";
import { Card, Chip, Complaint, Done, Said, Waiting, When } from "../../parts/words";
import type { Asked } from "../../state/asked";
import { type CaseOrders, useCaseOrders } from "../../state/case";
import { may } from "../../state/session";
import { WordsForm } from "../case/words_form";

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

function Acts({ update, orders, onEdit }: { update: CaseUpdate; orders: CaseOrders; onEdit: () => void }) {
    const act = (act: "approve" | "hold", done: string) => orders.order("updates", done, { act, number: update.number });
    // What is being edited must not go out meanwhile.
    const edit = async () => {
        if (update.goes_out === null || (await act("hold", "It waits for you."))) onEdit();
    };
    if (!may("act")) return null;
    return (
        <p class="row">
            <button type="button" class="first" disabled={orders.busy} onClick={() => void act("approve", "Customers are told.")}>
                Let it out
            </button>
            {update.goes_out === null ? null : (
                <button type="button" disabled={orders.busy} onClick={() => void act("hold", "It waits for you.")}>
                    Hold it
                </button>
            )}
            <button type="button" disabled={orders.busy} onClick={() => void edit()}>
                Edit it
            </button>
        </p>
    );
}

function WaitingText({ update, orders, onEdit }: { update: CaseUpdate; orders: CaseOrders; onEdit: () => void }) {
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
                )}{" "}
                <span class="quiet">
                    By <Said text={update.author} />
                </span>
            </p>
            <blockquote>
                <Said text={update.text} lines />
            </blockquote>
            <Acts update={update} orders={orders} onEdit={onEdit} />
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
                        {update.source === "" ? null : (
                            <span class="quiet">
                                {" "}
                                (source: <Said text={update.source} />)
                            </span>
                        )}
                        {update.pending.length === 0 ? null : (
                            <span class="warn">
                                {" "}
                                (not yet taken by <Said text={update.pending.join(", ")} />)
                            </span>
                        )}
                    </span>
                </li>
            ))}
        </ol>
    );
}

function Standing({ of }: { of: Case }) {
    const lists: readonly [string, readonly string[]][] = [
        ["What works instead", of.meanwhile],
        ["What customers can do", of.steps],
    ];
    return (
        <>
            {lists.map(([title, lines]) =>
                lines.length === 0 ? null : (
                    <div key={title}>
                        <h3>{title}</h3>
                        <ul>
                            {lines.map((line) => (
                                <li key={line}>
                                    <Said text={line} />
                                </li>
                            ))}
                        </ul>
                    </div>
                ),
            )}
        </>
    );
}

/** The text that is being edited, and how often it was taken: each time the form begins anew. */
interface Taken {
    update: CaseUpdate | null;
    round: number;
}

function NewWords({ of, taken, orders, onTold }: { of: Case; taken: Taken; orders: CaseOrders; onTold: () => void }) {
    const tell = async (act: "publish" | "draft", body: object) => {
        const told = await orders.order("updates", act === "publish" ? "Customers are told." : "It waits for somebody to let it out.", {
            act,
            ...body,
        });
        if (told) onTold();
        return told;
    };
    return (
        <>
            <Needs least="act" what="Telling customers">
                {null}
            </Needs>
            {may("support") ? <WordsForm key={taken.round} of={of} update={taken.update} busy={orders.busy} onTell={tell} /> : null}
        </>
    );
}

function Whole({ of, again }: { of: Case; again: () => void }) {
    const orders = useCaseOrders(of.id, again);
    const [taken, setTaken] = useState<Taken>({ update: null, round: 0 });
    const waits = of.updates.filter(({ stage }) => stage === "draft" || stage === "held").at(-1);
    const told = of.updates.filter(({ stage }) => stage === "published").reverse();
    const take = (update: CaseUpdate | null) => setTaken({ update, round: taken.round + 1 });
    const words = <NewWords of={of} taken={taken} orders={orders} onTold={() => (taken.update === null ? undefined : take(null))} />;
    return (
        <>
            <p>
                <Said text={of.title} />. <Promised of={of} />
            </p>
            {waits === undefined ? null : <WaitingText update={waits} orders={orders} onEdit={() => take(waits)} />}
            {waits !== undefined || of.over !== null || !may("support") ? null : (
                <p class="row">
                    <button
                        type="button"
                        disabled={orders.busy}
                        onClick={() => void orders.order("updates", "A text waits for you.", { act: "draft" })}
                    >
                        Draw a text from what is measured
                    </button>
                </p>
            )}
            <Complaint refused={orders.refused} />
            <Done text={orders.done} />
            <Published updates={told} />
            <Standing of={of} />
            {of.over === null ? (
                words
            ) : (
                <details class="stop">
                    <summary>Say more: that opens it again, unless you say that it is over</summary>
                    {words}
                </details>
            )}
        </>
    );
}

export function Told({ asked }: { asked: Asked<Case> }) {
    const { answer, refused, again } = asked;
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
