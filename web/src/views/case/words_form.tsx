// One's own words for customers, and the promise that goes with them.

import { useState } from "preact/hooks";
import type { Case, CaseTemplate, CaseUpdate, PublicState, ServiceState } from "../../api/told";
import { Area, bytesOf, Ticks } from "../../parts/areas";
import { Choice, Field, Form } from "../../parts/forms";
import { useAsked } from "../../state/asked";
import { type ServiceChoice, useServices } from "../../state/case";
import { may } from "../../state/session";
import { clean } from "../../text/clean";
import { openPlaces, serviceWords, stateWords } from "../../text/public";
import { bodyOf, fromTemplate, type Words, wordsOf } from "./words";

const states = Object.entries(stateWords).map(([value, text]) => ({ value: value as PublicState, text }));
const worsts: readonly { value: ServiceState | ""; text: string }[] = [
    { value: "", text: "as it is" },
    ...(["working", "slow", "disturbed", "down"] as const).map((value) => ({ value, text: serviceWords[value] })),
];

interface Piece {
    words: Words;
    onWords: (words: Words) => void;
}

function More({ words, onWords, of, services }: Piece & { of: Case; services: readonly ServiceChoice[] }) {
    return (
        <details class="stop">
            <summary>Title, services, what works meanwhile, whose notice it is</summary>
            <div class="stack">
                <Field
                    name="title"
                    label="Title from now on"
                    value={words.title}
                    onValue={(title) => onWords({ ...words, title })}
                    placeholder={clean(of.title)}
                />
                <Ticks
                    legend="Services that are hurt"
                    name="service"
                    options={services}
                    chosen={words.services}
                    onChosen={(chosen) => onWords({ ...words, services: chosen })}
                    empty="No [[status_service]] is configured."
                />
                <Choice
                    name="worst"
                    label="How bad is it?"
                    value={words.worst}
                    options={worsts}
                    onValue={(worst) => onWords({ ...words, worst })}
                />
                <Area
                    name="meanwhile"
                    label="What works instead, a line each"
                    value={words.meanwhile}
                    onValue={(meanwhile) => onWords({ ...words, meanwhile })}
                />
                <Area
                    name="steps"
                    label="What customers can do, a line each"
                    value={words.steps}
                    onValue={(steps) => onWords({ ...words, steps })}
                />
                <Field
                    name="source"
                    label="Whose notice it is"
                    value={words.source}
                    onValue={(source) => onWords({ ...words, source })}
                    hint="A supplier's name, or a link to what he says. Empty: we say it"
                />
            </div>
        </details>
    );
}

function Templates({ words, onWords, of, services, zone }: Piece & { of: Case; services: readonly ServiceChoice[]; zone: string }) {
    const { answer } = useAsked<{ templates: CaseTemplate[] }>("templates");
    const templates = answer?.templates ?? [];
    if (templates.length === 0) return null;
    const take = (at: string) => {
        const chosen = templates[Number(at)];
        if (at !== "" && chosen !== undefined) onWords(fromTemplate(words, chosen, of, services, zone));
    };
    return (
        <Choice
            name="template"
            label="Begin with a template"
            value=""
            options={[{ value: "", text: "choose …" }, ...templates.map(({ name }, at) => ({ value: String(at), text: clean(name) }))]}
            onValue={take}
        />
    );
}

function Left({ text }: { text: string }) {
    const left = openPlaces(text);
    if (left.length === 0) return null;
    return (
        <p class="bad" role="status">
            Still to be filled in: {left.join(", ")}.
        </p>
    );
}

interface Telling {
    of: Case;
    /** the text that waits, taken to be edited */
    update: CaseUpdate | null;
    busy: boolean;
    onTell: (act: "publish" | "draft", body: object) => Promise<boolean>;
}

export function WordsForm({ of, update, busy, onTell }: Telling) {
    const [before, setBefore] = useState(() => wordsOf(of, update));
    const [words, setWords] = useState(before);
    const { services, zone } = useServices();
    const cannot = busy || bytesOf(words.text) > 4000 || openPlaces(words.text).length > 0;
    const tell = async (act: "publish" | "draft") => {
        const number = act === "publish" && update !== null ? { number: update.number } : {};
        if (!(await onTell(act, { ...bodyOf(words, before, of), ...number }))) return;
        const anew = { ...words, text: "", title: "", state: null, worst: "" as const, source: "", next: "" };
        setBefore(anew);
        setWords(anew);
    };
    return (
        <Form label="Tell customers" onSubmit={() => void tell(may("act") ? "publish" : "draft")}>
            <Templates words={words} onWords={setWords} of={of} services={services} zone={zone} />
            <Area
                name="text"
                label="Words for customers"
                value={words.text}
                onValue={(text) => setWords({ ...words, text })}
                required
                hint="Names of accounts and addresses that stand in them are taken out."
            />
            <Left text={words.text} />
            <More words={words} onWords={setWords} of={of} services={services} />
            <div class="row">
                <Choice
                    name="state"
                    label="How far is it?"
                    value={words.state ?? of.state}
                    options={states}
                    onValue={(state) => setWords({ ...words, state })}
                />
                <Field
                    name="next"
                    label="Next update within"
                    value={words.next}
                    onValue={(next) => setWords({ ...words, next })}
                    list={["30m", "1h", "2h", "12h", "none"]}
                    placeholder="as configured"
                />
                {may("act") ? (
                    <button type="submit" class="first" disabled={cannot}>
                        Tell customers
                    </button>
                ) : null}
                <button
                    type={may("act") ? "button" : "submit"}
                    disabled={cannot || words.text.trim() === ""}
                    onClick={may("act") ? () => void tell("draft") : undefined}
                >
                    Keep it as a draft
                </button>
            </div>
        </Form>
    );
}
