// What a changed setting would have done, over the journal's past.

import { call } from "../api/call";
import type { Configuration, Trial } from "../api/types";
import { Card, Chip, Complaint, Said, Waiting, When } from "../parts/words";
import { useAsked } from "../state/asked";
import { useDeed } from "../state/deed";
import { percent } from "../text/numbers";
import { ChangesForm } from "./trial/form";
import { Outcome } from "./trial/outcome";

function valueInWords(value: Trial["changes"][number]["value"]): string {
    if (value === null) return "not set";
    return Array.isArray(value) ? value.join(", ") : String(value);
}

function Changes({ trial }: { trial: Trial }) {
    return (
        <ul>
            {trial.changes.map((change) => (
                <li key={`${change.section}.${change.setting}`} class="value">
                    [{change.section}] {change.setting} = <Said text={valueInWords(change.value)} />
                </li>
            ))}
        </ul>
    );
}

function Running({ trial, onDone }: { trial: Trial; onDone: () => void }) {
    const deed = useDeed();
    const stop = async () => {
        if (
            await deed.run(async () => {
                await call("trial", { method: "DELETE" });
                return "It is broken off.";
            })
        )
            onDone();
    };
    return (
        <>
            <label>
                How far it is: {trial.progress === null ? "not known yet" : percent(trial.progress)}
                <progress {...(trial.progress === null ? {} : { value: trial.progress })} max={1} />
            </label>
            <button type="button" disabled={deed.busy} onClick={() => void stop()}>
                Break it off
            </button>
            <Complaint refused={deed.refused} />
        </>
    );
}

function Latest({ trial, onDone }: { trial: Trial; onDone: () => void }) {
    if (trial.state === "none") return null;
    return (
        <Card
            title="The latest trial"
            aside={
                <>
                    by <Said text={trial.author} />, <When time={trial.started} />
                </>
            }
        >
            <p>
                <Chip tone={trial.state === "done" ? "good" : trial.state === "failed" ? "bad" : "plain"}>{trial.state}</Chip>
            </p>
            <Changes trial={trial} />
            {trial.state === "running" ? <Running trial={trial} onDone={onDone} /> : null}
            {trial.state === "failed" ? (
                <div class="complaint" role="alert">
                    <p>
                        <Said text={trial.error} />
                    </p>
                    <p>Nothing of what runs was changed. Mend the change, and try it again.</p>
                </div>
            ) : null}
            {trial.result === null ? null : <Outcome result={trial.result} />}
        </Card>
    );
}

export function TrialView() {
    const settings = useAsked<Configuration>("configuration");
    const trial = useAsked<Trial>("trial", {}, 2_000);
    if (settings.answer === null || trial.answer === null) {
        const refused = settings.refused ?? trial.refused;
        return refused === null ? <Waiting what="Asking" /> : <Complaint refused={refused} again={trial.again} />;
    }
    return (
        <div class="grid">
            <Card title="Try a change">
                <p class="hint">
                    A trial judges the journal's past anew with changed settings, at the lowest priority. Nothing of what runs is changed by
                    it.
                </p>
                <ChangesForm configuration={settings.answer} running={trial.answer.state === "running"} onDone={trial.again} />
            </Card>
            <Latest trial={trial.answer} onDone={trial.again} />
        </div>
    );
}
