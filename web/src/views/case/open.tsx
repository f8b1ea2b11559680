// Opening a case by hand: of what detection can't see.

import { useState } from "preact/hooks";
import { call } from "../../api/call";
import type { CauseName } from "../../api/told";
import { Ticks } from "../../parts/areas";
import { Choice, Field, Form, Needs, Tick } from "../../parts/forms";
import { Moment } from "../../parts/moment";
import { Card, Complaint } from "../../parts/words";
import { useServices } from "../../state/case";
import { useDeed } from "../../state/deed";
import { go } from "../../state/route";
import { rfc3339 } from "../../text/moment";

const causes: readonly { value: CauseName | ""; text: string }[] = [
    { value: "", text: "not known yet" },
    { value: "attack", text: "An attack" },
    { value: "own_fault", text: "A fault of our own" },
    { value: "outside", text: "Trouble outside: a supplier, a line" },
];

function OpenForm() {
    const [title, setTitle] = useState("");
    const [cause, setCause] = useState<CauseName | "">("");
    const [chosen, setChosen] = useState<string[]>([]);
    const [earlier, setEarlier] = useState(false);
    const [began, setBegan] = useState<Date | null>(() => new Date());
    const { services } = useServices();
    const deed = useDeed();
    const order = () =>
        deed.run(async () => {
            const body = {
                title,
                services: chosen,
                ...(cause === "" ? {} : { cause }),
                ...(earlier && began !== null ? { began: rfc3339(began) } : {}),
            };
            go("incidents", (await call<{ id: string }>("cases", { method: "POST", body })).id);
            return "It is open.";
        });
    return (
        <Form label="Open a case" onSubmit={() => void order()}>
            <Field
                name="title"
                label="What is it, in a line?"
                value={title}
                onValue={setTitle}
                required
                hint="Our supplier's line is cut"
            />
            <Ticks
                legend="Services that are hurt"
                name="service"
                options={services}
                chosen={chosen}
                onChosen={setChosen}
                empty="No [[status_service]] is configured."
            />
            <Choice name="cause" label="Why" value={cause} options={causes} onValue={setCause} />
            <Tick name="earlier" label="It began earlier than now" value={earlier} onValue={setEarlier} />
            {earlier ? <Moment name="began" label="It began" value={began} onValue={setBegan} /> : null}
            <button type="submit" disabled={deed.busy || (earlier && began === null)}>
                Open a case
            </button>
            <Complaint refused={deed.refused} />
        </Form>
    );
}

export function OpenCase() {
    return (
        <Card title="Open one by hand">
            <p class="hint">For what nothing measures here: a supplier's line, a mistake of ours. Customers are told nothing by it yet.</p>
            <Needs least="act" what="Opening a case">
                <OpenForm />
            </Needs>
        </Card>
    );
}
