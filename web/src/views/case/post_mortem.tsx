// The post-mortem: drafted from the record, written on here, kept, and published after a second question.

import { useEffect, useState } from "preact/hooks";
import { callText } from "../../api/call";
import type { Case } from "../../api/told";
import { Area, bytesOf } from "../../parts/areas";
import { Dialog } from "../../parts/dialog";
import { Form, Needs } from "../../parts/forms";
import { Scroll } from "../../parts/scroll";
import { Card, Chip, Complaint, Done, Said, When } from "../../parts/words";
import { type CaseOrders, useCaseOrders } from "../../state/case";
import { useDeed } from "../../state/deed";
import { may } from "../../state/session";
import { cleanToEdit } from "../../text/clean";
import { many } from "../../text/numbers";
import { leftToWrite } from "../../text/public";
import { MortemPlot } from "./mortem_plot";

const mostBytes = 60_000;

interface Begun {
    text: string;
    /** when the one that it was begun from was changed */
    from: string | null;
}

/** What is being written outlives a look at another view; nothing of it is kept in the browser beyond that. */
const begun = new Map<string, Begun>();

function useBegun(id: string): [Begun | null, (next: Begun | null) => void] {
    const [text, setText] = useState<Begun | null>(() => begun.get(id) ?? null);
    const set = (next: Begun | null) => {
        if (next === null) begun.delete(id);
        else begun.set(id, next);
        setText(next);
    };
    useEffect(() => {
        if (text === null) return;
        const stay = (event: BeforeUnloadEvent) => event.preventDefault();
        window.addEventListener("beforeunload", stay);
        return () => window.removeEventListener("beforeunload", stay);
    }, [text === null]);
    return [text, set];
}

function LeftChip({ text }: { text: string }) {
    const left = leftToWrite(text);
    return left === 0 ? (
        <Chip tone="good">nothing is left to be written</Chip>
    ) : (
        <Chip tone="warn">{many(left, "part is", "parts are")} still to be written</Chip>
    );
}

interface Editing {
    of: Case;
    now: Begun;
    orders: CaseOrders;
    onText: (text: string) => void;
    onEnd: () => void;
}

function Editor({ of, now, orders, onText, onEnd }: Editing) {
    // What is published shows whatever is kept last.
    const isPublic = of.post_mortem.published !== null;
    const write = async () => {
        const done = isPublic ? "It is kept, and public." : "It is kept. It is not public.";
        if (await orders.order("postmortem", done, { act: "write", text: now.text })) onEnd();
    };
    const cannot = orders.busy || bytesOf(now.text) > mostBytes || (isPublic && leftToWrite(now.text) > 0);
    return (
        <Form label="Write the post-mortem" onSubmit={() => void write()}>
            <Area name="post-mortem" label="Post-mortem, Markdown" value={now.text} onValue={onText} required mostBytes={mostBytes} tall />
            <p role="status">
                <LeftChip text={now.text} />
            </p>
            {of.post_mortem.changed === now.from ? null : (
                <p class="bad" role="alert">
                    <Said text={of.post_mortem.author} /> wrote another one meanwhile, at <When time={of.post_mortem.changed} />: yours
                    takes its place.
                </p>
            )}
            {isPublic ? <p class="warn">It is public: what you keep, everybody can read at once.</p> : null}
            <div class="row">
                <button type="submit" class="first" disabled={cannot}>
                    {isPublic ? "Keep it, public at once" : "Keep it"}
                </button>
                <button type="button" onClick={onEnd}>
                    Throw away what I changed
                </button>
            </div>
        </Form>
    );
}

function Sure({ of, orders, onClose }: { of: Case; orders: CaseOrders; onClose: () => void }) {
    const publish = async () => {
        await orders.order("postmortem", "It is public.", { act: "publish" });
        onClose();
    };
    return (
        <Dialog title="Publish the post-mortem?" onClose={onClose}>
            <p>
                Everybody can read it then on the public page, under <Said text={of.title} />. It can be written anew, but not taken back.
            </p>
            <div class="row">
                <button type="button" class="danger" disabled={orders.busy} onClick={() => void publish()}>
                    Publish it
                </button>
                <button type="button" onClick={onClose}>
                    Not yet
                </button>
            </div>
        </Dialog>
    );
}

/** Why it can't be published yet; empty: it can. */
function before(of: Case): string {
    if (of.post_mortem.text === "") return "";
    if (leftToWrite(of.post_mortem.text) > 0) return "What is still to be written has to be, before it is published.";
    if (of.over === null) return "It can be published once the case is over.";
    return of.updates.some(({ stage }) => stage === "published") ? "" : "It can be published once customers were told of the case at all.";
}

function Kept({ of }: { of: Case }) {
    const { text, author, changed, published } = of.post_mortem;
    if (text === "") return <p class="quiet">There is none yet. A draft has the hours, what was said, and what was done.</p>;
    return (
        <>
            <p>
                Written by <Said text={author} /> at <When time={changed} date="always" />.{" "}
                {published === null ? (
                    "Not public."
                ) : (
                    <>
                        Public since <When time={published} date="always" />.
                    </>
                )}{" "}
                <LeftChip text={text} />
            </p>
            <details class="stop">
                <summary>Read it</summary>
                <Scroll label="The post-mortem as it is kept">
                    <div class="document">
                        <Said text={text} lines />
                    </div>
                </Scroll>
            </details>
            {before(of) === "" ? null : <p class="hint">{before(of)}</p>}
        </>
    );
}

function Ways({ of, orders, onBegin }: { of: Case; orders: CaseOrders; onBegin: (text: string) => void }) {
    const [asks, setAsks] = useState(false);
    const deed = useDeed();
    const draft = () =>
        deed.run(async () => {
            onBegin(await callText(`cases/${encodeURIComponent(of.id)}/postmortem`, { form: "draft" }));
            return "";
        });
    const has = of.post_mortem.text !== "";
    return (
        <>
            <p class="row">
                {has ? (
                    <button type="button" onClick={() => onBegin(of.post_mortem.text)}>
                        Write on
                    </button>
                ) : null}
                <button type="button" class={has ? "" : "first"} disabled={deed.busy} onClick={() => void draft()}>
                    {has ? "Begin anew with a draft" : "Begin with a draft"}
                </button>
                {has && of.post_mortem.published === null ? (
                    <button type="button" class="danger" disabled={before(of) !== ""} onClick={() => setAsks(true)}>
                        Publish it
                    </button>
                ) : null}
            </p>
            <Complaint refused={deed.refused} />
            {asks ? <Sure of={of} orders={orders} onClose={() => setAsks(false)} /> : null}
        </>
    );
}

export function PostMortemCard({ of, again }: { of: Case; again: () => void }) {
    const orders = useCaseOrders(of.id, again);
    const [now, setNow] = useBegun(of.id);
    const begin = (text: string) => setNow({ text: cleanToEdit(text), from: of.post_mortem.changed });
    return (
        <Card title="Post-mortem" aside="Markdown, for customers" wide>
            <div class="beside">
                <div>
                    {now === null || !may("act") ? (
                        <>
                            <Kept of={of} />
                            <Needs least="act" what="Writing the post-mortem">
                                <Ways of={of} orders={orders} onBegin={begin} />
                            </Needs>
                        </>
                    ) : (
                        <Editor of={of} now={now} orders={orders} onText={(text) => setNow({ ...now, text })} onEnd={() => setNow(null)} />
                    )}
                    <Complaint refused={orders.refused} />
                    <Done text={orders.done} />
                </div>
                <MortemPlot id={of.id} />
            </div>
        </Card>
    );
}
