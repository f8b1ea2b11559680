// Which settings are tried, and with which values.

import { useState } from "preact/hooks";
import { call } from "../../api/call";
import type { Change, Configuration, ConfigurationSetting, Trial, TrialValue } from "../../api/types";
import { Choice, Field, Form } from "../../parts/forms";
import { Complaint, Done, Said } from "../../parts/words";
import { useDeed } from "../../state/deed";

interface Offered {
    name: string;
    section: string;
    setting: ConfigurationSetting;
}

export function offeredBy(configuration: Configuration): Offered[] {
    return configuration.sections
        .filter((section) => section.tried && !section.repeats)
        .flatMap((section) =>
            section.settings
                .filter((setting) => !setting.secret)
                .map((setting) => ({ name: `${section.section}.${setting.name}`, section: section.section, setting })),
        );
}

/** A text as the type of the setting wants it; null: as if it were not set. */
export function valueFor(text: string, type: string): TrialValue {
    const trimmed = text.trim();
    if (trimmed === "") return null;
    if (/^true or false/.test(type)) return trimmed === "true" ? true : trimmed === "false" ? false : trimmed;
    if (/^list/.test(type))
        return trimmed
            .split(",")
            .map((each) => each.trim())
            .filter((each) => each !== "");
    const number = Number(trimmed);
    return /^(whole number|number|decibans|text or bytes|share|seconds)/.test(type) && Number.isFinite(number) ? number : trimmed;
}

function Collected({ changes, onLess }: { changes: readonly Change[]; onLess: (change: Change) => void }) {
    return (
        <ul aria-label="Changes to try">
            {changes.map((change) => (
                <li key={`${change.section}.${change.setting}`} class="row">
                    <span class="value">
                        [{change.section}] {change.setting} = <Said text={change.value === null ? "not set" : String(change.value)} />
                    </span>
                    <button type="button" class="plain" onClick={() => onLess(change)} aria-label={`Leave out ${change.setting}`}>
                        ×
                    </button>
                </li>
            ))}
        </ul>
    );
}

function OneChange({ offered, onMore }: { offered: readonly Offered[]; onMore: (change: Change) => void }) {
    const [name, setName] = useState(offered[0]?.name ?? "");
    const [text, setText] = useState("");
    const chosen = offered.find((each) => each.name === name);
    if (chosen === undefined) return <p class="quiet">No setting can be tried.</p>;
    const { setting, section } = chosen;
    return (
        <Form
            label="A change"
            onSubmit={() => {
                onMore({ section, setting: setting.name, value: valueFor(text, setting.type) });
                setText("");
            }}
        >
            <Choice
                name="setting"
                label="Setting"
                value={name}
                options={offered.map((each) => ({ value: each.name, text: each.name }))}
                onValue={setName}
            />
            <p class="hint">
                <Said text={setting.meaning} />
            </p>
            <Field
                name="value"
                label="Value"
                value={text}
                onValue={setText}
                hint={`${setting.type}; now ${setting.set ? setting.value : setting.default}. Empty: as if it were not set.`}
            />
            <button type="submit">Add the change</button>
        </Form>
    );
}

export function ChangesForm({ configuration, running, onDone }: { configuration: Configuration; running: boolean; onDone: () => void }) {
    const [changes, setChanges] = useState<readonly Change[]>([]);
    const deed = useDeed();
    const without = (change: Change) => changes.filter((each) => each.section !== change.section || each.setting !== change.setting);
    const start = async () => {
        const begun = await deed.run(async () => {
            await call<Trial>("trial", { method: "POST", body: { changes } });
            return "It has begun.";
        });
        if (begun) onDone();
    };
    return (
        <div class="stack">
            <OneChange offered={offeredBy(configuration)} onMore={(change) => setChanges([...without(change), change])} />
            <Collected changes={changes} onLess={(change) => setChanges(without(change))} />
            <button type="button" class="first" disabled={deed.busy || running || changes.length === 0} onClick={() => void start()}>
                {running ? "One runs already" : "Try it on the past"}
            </button>
            <Complaint refused={deed.refused} />
            <Done text={deed.done} />
        </div>
    );
}
