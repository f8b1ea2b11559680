// Exceptions, each with a way to lift it.

import { useState } from "preact/hooks";
import type { Exception } from "../../api/types";
import { type Column, Table } from "../../parts/table";
import { Chip, Done, Said, When, Who } from "../../parts/words";
import { may, session } from "../../state/session";
import { useStore } from "../../state/store";
import { clean } from "../../text/clean";
import { Lift } from "./lift";

export function Until({ time }: { time: string | null }) {
    return time === null ? <>until lifted</> : <When time={time} date="always" />;
}

function columnsOf(onLift: (one: Exception) => void, mayLift: boolean): readonly Column<Exception>[] {
    return [
        { name: "What", cell: (one) => <Chip tone={one.effect === "allow" ? "good" : "bad"}>{one.effect}</Chip>, by: (one) => one.effect },
        { name: "Whom", cell: (one) => <Who text={one.subject} />, by: (one) => one.subject },
        { name: "Why", cell: (one) => <Said text={one.reason} /> },
        { name: "By", cell: (one) => <Said text={one.author} />, by: (one) => one.author, lesser: true },
        { name: "Since", cell: (one) => <When time={one.created} />, by: (one) => one.created, lesser: true },
        { name: "Until", cell: (one) => <Until time={one.expires} />, by: (one) => one.expires ?? "9999" },
        {
            name: "Lift",
            cell: (one) => (
                <button type="button" disabled={!mayLift} title={mayLift ? "" : "Takes the role act"} onClick={() => onLift(one)}>
                    Lift<span class="heard"> {clean(one.subject)}</span>
                </button>
            ),
        },
    ];
}

/** What is left out where there is little room, and it is clear whom they are about. */
const beside = new Set(["Whom", "By", "Since"]);

export function ExceptionLines({
    exceptions,
    onDone,
    narrow = false,
}: {
    exceptions: readonly Exception[];
    onDone: () => void;
    narrow?: boolean;
}) {
    const [lifting, setLifting] = useState<Exception | null>(null);
    const [done, setDone] = useState("");
    const who = useStore(session).who;
    const lifted = (what: string) => {
        setDone(what);
        setLifting(null);
        onDone();
    };
    return (
        <>
            <Table
                caption="Exceptions"
                rows={exceptions}
                columns={columnsOf(setLifting, may("act", who?.role)).filter((column) => !narrow || !beside.has(column.name))}
                keyOf={(one) => one.id}
                empty="None."
            />
            {exceptions.length === 0 || may("act", who?.role) ? null : <p class="quiet needs">Lifting takes the role act.</p>}
            <Done text={done} />
            {lifting === null ? null : <Lift one={lifting} onClose={() => setLifting(null)} onDone={lifted} />}
        </>
    );
}
