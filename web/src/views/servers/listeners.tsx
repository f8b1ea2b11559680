// Where clients come in, and the domains whose mail is taken at one listener alone.

import { useState } from "preact/hooks";
import { call } from "../../api/call";
import type { DomainMove, Listener, Listeners } from "../../api/types";
import { Needs } from "../../parts/forms";
import { ShareBar } from "../../parts/marks";
import { type Column, Table } from "../../parts/table";
import { Card, Chip, Complaint, Done, Said, Waiting, When } from "../../parts/words";
import { useAsked } from "../../state/asked";
import { useDeed } from "../../state/deed";
import { may } from "../../state/session";
import { clean } from "../../text/clean";
import { count, percent } from "../../text/numbers";
import { MoveDomain } from "./move";

const listenerColumns: readonly Column<Listener>[] = [
    { name: "Listener", cell: (one) => <Said text={one.listener} mono /> },
    { name: "Protocol", cell: (one) => one.protocol, lesser: true },
    { name: "Where", cell: (one) => <Said text={one.addresses.join(", ")} mono />, lesser: true },
    {
        name: "Sessions",
        cell: (one) => `${count(one.sessions)} of ${count(one.most_sessions)}${one.own_sessions > 0 ? ", its own" : ", shared"}`,
        number: true,
    },
    {
        name: "Full",
        cell: (one) => (
            <>
                {percent(one.pressure)} <ShareBar share={one.pressure} tone={one.pressure > 0.9 ? "bad" : "plain"} />
            </>
        ),
        number: true,
    },
    {
        name: "Domains of its own",
        cell: (one) => (one.domains.length === 0 ? "–" : <Said text={one.domains.map(({ domain }) => domain).join(", ")} />),
    },
];

interface Moved extends DomainMove {
    waits: boolean;
}

function movedOf({ listeners, waiting }: Listeners): Moved[] {
    return [
        ...listeners.flatMap(({ domains }) => domains.map((move) => ({ ...move, waits: false }))),
        ...waiting.map((move) => ({ ...move, waits: true })),
    ];
}

function moveColumns(busy: boolean, onBack: (move: DomainMove) => void): readonly Column<Moved>[] {
    return [
        { name: "Domain", cell: (one) => <Said text={one.domain} mono /> },
        {
            name: "Taken at",
            cell: (one) => (
                <>
                    <Said text={one.listener} mono /> {one.waits ? <Chip tone="warn">not there: taken everywhere</Chip> : null}
                </>
            ),
        },
        { name: "Until", cell: (one) => (one.until === null ? "it is moved back" : <When time={one.until} date="always" />) },
        {
            name: "Why",
            cell: (one) => (
                <>
                    <Said text={one.reason} /> <span class="quiet">by {clean(one.author)}</span>
                </>
            ),
        },
        {
            name: "Back",
            cell: (one) => (
                <button
                    type="button"
                    disabled={busy || !may("act")}
                    title={may("act") ? "" : "Takes the role act"}
                    onClick={() => onBack(one)}
                >
                    Back<span class="heard"> with {clean(one.domain)}</span>
                </button>
            ),
        },
    ];
}

function Whole({ answer, again }: { answer: Listeners; again: () => void }) {
    const [moving, setMoving] = useState(false);
    const [done, setDone] = useState("");
    const deed = useDeed();
    const mail = answer.listeners.filter(({ protocol }) => protocol === "smtp");
    const back = (move: DomainMove) =>
        deed.run(async () => {
            const body = { domain: move.domain, action: "back" };
            const { said } = await call<{ said: string }>("listeners", { method: "POST", body });
            again();
            return said;
        });
    const moved = (what: string) => {
        setMoving(false);
        setDone(what);
        again();
    };
    return (
        <>
            <Table
                caption="Listeners"
                rows={answer.listeners}
                columns={listenerColumns}
                keyOf={(one) => one.listener}
                empty="No listener of ours takes clients in. docs/edge.md says how one does."
            />
            <h3>Domains that were moved</h3>
            <Table
                caption="Domains that were moved"
                rows={movedOf(answer)}
                columns={moveColumns(deed.busy, (move) => void back(move))}
                keyOf={(one) => one.domain}
                empty="None: each domain's mail is taken at all listeners for mail."
                stacked
            />
            {mail.length === 0 ? null : (
                <Needs least="act" what="Moving a domain">
                    <p class="row">
                        <button type="button" onClick={() => setMoving(true)}>
                            Move a domain
                        </button>
                    </p>
                </Needs>
            )}
            <Complaint refused={deed.refused} />
            <Done text={deed.done === "" ? done : deed.done} />
            {moving ? <MoveDomain listeners={mail} onClose={() => setMoving(false)} onDone={moved} /> : null}
        </>
    );
}

export function ListenersCard() {
    const { answer, refused, again } = useAsked<Listeners>("listeners", {}, 5_000);
    return (
        <Card title="Listeners" aside="where clients come in">
            <Complaint refused={refused} again={again} />
            {answer === null ? refused === null ? <Waiting what="Asking" /> : null : <Whole answer={answer} again={again} />}
        </Card>
    );
}
