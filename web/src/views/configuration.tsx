// The settings as they run, in the order of docs/configuration.md.

import { useState } from "preact/hooks";
import type { Configuration, ConfigurationSection, ConfigurationSetting } from "../api/types";
import { Field, Tick } from "../parts/forms";
import { type Column, Table } from "../parts/table";
import { Card, Chip, Complaint, Said, Waiting } from "../parts/words";
import { useAsked } from "../state/asked";
import { to } from "../state/route";

export function sectionTitle(section: ConfigurationSection): string {
    return section.repeats ? `[[${section.section}]] ${section.index + 1}` : `[${section.section}]`;
}

function Value({ setting }: { setting: ConfigurationSetting }) {
    if (setting.secret) return <Chip tone="plain">{setting.set ? "set, and secret" : "not set"}</Chip>;
    if (!setting.set || setting.value === null)
        return (
            <span class="quiet">
                <Said text={setting.default === "" ? "not set" : setting.default} />
            </span>
        );
    return (
        <span class="value">
            <Said text={setting.value} />
        </span>
    );
}

const columns: readonly Column<ConfigurationSetting>[] = [
    { name: "Setting", cell: (one) => <code class="mono">{one.name}</code>, by: (one) => one.name },
    { name: "Value", cell: (one) => <Value setting={one} /> },
    {
        name: "Where",
        cell: (one) => (one.set ? one.line === null ? "set" : `line ${one.line}` : <span class="quiet">default</span>),
        by: (one) => one.line ?? 0,
    },
    { name: "Meaning", cell: (one) => <Said text={one.meaning} />, lesser: true },
];

function fits(setting: ConfigurationSetting, section: ConfigurationSection, words: string, onlySet: boolean): boolean {
    if (onlySet && !setting.set) return false;
    const all = `${sectionTitle(section)} ${setting.name} ${setting.value ?? ""} ${setting.meaning}`;
    return all.toLowerCase().includes(words.toLowerCase());
}

export function ConfigurationView() {
    const { answer, refused, again } = useAsked<Configuration>("configuration");
    const [words, setWords] = useState("");
    const [onlySet, setOnlySet] = useState(false);
    if (answer === null) return refused === null ? <Waiting what="Asking" /> : <Complaint refused={refused} again={again} />;
    const sections = answer.sections
        .map((section) => ({ section, settings: section.settings.filter((setting) => fits(setting, section, words, onlySet)) }))
        .filter((each) => each.settings.length > 0);
    return (
        <>
            <Card title="As it runs">
                <p>
                    From <Said text={answer.file} mono />. A change is made there, and holds after a reload;{" "}
                    <a href={to("trial")}>a trial</a> shows first what it would have done.
                </p>
                <div class="row">
                    <Field name="filter" label="Only those with" value={words} onValue={setWords} />
                    <Tick name="set" label="Only what is set" value={onlySet} onValue={setOnlySet} />
                </div>
            </Card>
            {sections.length === 0 ? <p class="quiet">No setting has that.</p> : null}
            {sections.map(({ section, settings }) => (
                <Card
                    key={sectionTitle(section)}
                    title={sectionTitle(section)}
                    aside={section.tried ? <Chip tone="good">can be tried</Chip> : ""}
                >
                    <p class="quiet">
                        <Said text={section.meaning} />
                    </p>
                    <Table
                        caption={`Settings of ${sectionTitle(section)}`}
                        rows={settings}
                        columns={columns}
                        keyOf={(one) => one.name}
                        empty="None."
                    />
                </Card>
            ))}
        </>
    );
}
