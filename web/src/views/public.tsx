// What the public page says now: our own, or the one under a partner's name.

import { useState } from "preact/hooks";
import type { PublicIncident, PublicRecord, PublicService } from "../api/told";
import type { Configuration } from "../api/types";
import { Choice, Field, Form } from "../parts/forms";
import { type Column, Table } from "../parts/table";
import { Card, Chip, Complaint, Said, Waiting, When } from "../parts/words";
import { useAsked } from "../state/asked";
import { to } from "../state/route";
import { may } from "../state/session";
import { clean } from "../text/clean";
import { many } from "../text/numbers";
import { serviceTone, serviceWords, stateTone, stateWords, worstWords } from "../text/public";
import { standingOf } from "../text/work";
import { WorkChip } from "./work";

function hurtDays(service: PublicService): number {
    return service.days.filter((day) => day.minutes_hurt > 0).length;
}

const serviceColumns: readonly Column<PublicService>[] = [
    { name: "Service", cell: (one) => <Said text={one.label === "" ? one.name : one.label} /> },
    { name: "Now", cell: (one) => <Chip tone={serviceTone(one.now)}>{serviceWords[one.now]}</Chip> },
    { name: "Hurt on", cell: (one) => `${many(hurtDays(one), "day")} of ${one.days.length}`, number: true },
];

function Lines({ title, lines }: { title: string; lines: readonly string[] }) {
    if (lines.length === 0) return null;
    return (
        <>
            <p>
                <strong>{title}</strong>
            </p>
            <ul>
                {lines.map((line) => (
                    <li key={line}>
                        <Said text={line} />
                    </li>
                ))}
            </ul>
        </>
    );
}

function NextWord({ one }: { one: PublicIncident }) {
    if (one.next_update_by === null) return null;
    return (
        <>
            , next update by <When time={one.next_update_by} />
            {Date.parse(one.next_update_by) < Date.now() ? <strong class="bad"> (late, and the page says so)</strong> : null}
        </>
    );
}

function Incident({ one }: { one: PublicIncident }) {
    return (
        <details class="stop" open={one.over === null}>
            <summary>
                <Chip tone={stateTone(one.state)}>{stateWords[one.state]}</Chip> <Said text={one.title} />
            </summary>
            <p class="quiet">
                <a href={to("incidents", one.id)}>{one.id}</a>, since <When time={one.began} date="always" />
                {one.over === null ? null : (
                    <>
                        , over <When time={one.over} date="always" />
                    </>
                )}
                <NextWord one={one} />, {worstWords(one.worst)}
                {one.services.length === 0 ? "" : `: ${one.services.join(", ")}`}
            </p>
            <ol class="timeline">
                {[...one.updates].reverse().map((update, at) => (
                    <li key={`${update.time}/${at}`}>
                        <When time={update.time} date="always" />
                        <span>
                            <Chip tone="plain">{update.state}</Chip>
                        </span>
                        <span>
                            <Said text={update.text} lines />
                            {update.source === "" ? null : (
                                <span class="quiet">
                                    {" "}
                                    (source: <Said text={update.source} />)
                                </span>
                            )}
                        </span>
                    </li>
                ))}
            </ol>
            <Lines title="What works meanwhile" lines={one.meanwhile} />
            <Lines title="What customers can do" lines={one.steps} />
            {one.post_mortem === "" ? null : <p class="quiet">With a report of what happened.</p>}
        </details>
    );
}

function PublicWork({ answer }: { answer: PublicRecord }) {
    const now = Date.now();
    return (
        <Card title="Work that it announces">
            {answer.work.length === 0 ? <p class="quiet">None.</p> : null}
            <ul class="alerts stops">
                {answer.work.map((plan) => (
                    <li key={plan.id}>
                        <span>
                            <a href={to("work", plan.id)}>
                                <Said text={plan.title} />
                            </a>{" "}
                            <span class="quiet">
                                <When time={plan.from} date="always" /> to <When time={plan.until} date="always" />
                            </span>
                        </span>
                        <span>
                            <WorkChip standing={standingOf(plan, now)} />
                        </span>
                    </li>
                ))}
            </ul>
        </Card>
    );
}

function Page({ answer }: { answer: PublicRecord }) {
    return (
        <div class="grid">
            <Card title="Incidents on it" aside={`times of customers: ${answer.zone}`} wide>
                {answer.incidents.length === 0 ? <p class="quiet">It names none.</p> : null}
                <div class="stops">
                    {answer.incidents.map((one) => (
                        <Incident key={one.id} one={one} />
                    ))}
                </div>
            </Card>
            <Card title="Services on it">
                <Table
                    caption="Services"
                    rows={answer.services}
                    columns={serviceColumns}
                    keyOf={(one) => one.name}
                    empty="No [[status_service]] is configured: it can only name incidents."
                />
            </Card>
            <PublicWork answer={answer} />
        </div>
    );
}

/** "blue", as TOML has it between quotes. */
function plain(value: string): string {
    return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}

function partnersOf(configuration: Configuration | null): string[] {
    return (configuration?.sections ?? [])
        .filter(({ section }) => section === "partner")
        .map(({ settings }) => plain(settings.find(({ name }) => name === "name")?.value ?? ""))
        .filter((name) => name !== "");
}

function ChosenFromAll({ partner, onPartner }: { partner: string; onPartner: (partner: string) => void }) {
    const { answer } = useAsked<Configuration>("configuration");
    const partners = partnersOf(answer);
    if (partners.length === 0 && partner === "") return <p class="quiet">No [[partner]] is configured: this is the only page.</p>;
    return (
        <Choice
            name="partner"
            label="Whose page"
            value={partner}
            options={[
                { value: "", text: "our own" },
                ...[...new Set([...partners, partner])].filter((name) => name !== "").map((name) => ({ value: name, text: clean(name) })),
            ]}
            onValue={onPartner}
        />
    );
}

/** Who may not see the settings knows a partner by name. */
function ChosenByName({ partner, onPartner }: { partner: string; onPartner: (partner: string) => void }) {
    const [name, setName] = useState(partner);
    return (
        <Form label="Whose page" onSubmit={() => onPartner(name.trim())}>
            <div class="row">
                <Field name="partner" label="A partner's name" value={name} onValue={setName} hint="Empty: our own page" />
                <button type="submit">Show it</button>
            </div>
        </Form>
    );
}

export function PublicView() {
    const [partner, setPartner] = useState("");
    const { answer, refused, again } = useAsked<PublicRecord>("public", partner === "" ? {} : { partner }, 10_000);
    const unknown = partner !== "" && answer !== null && answer.incidents.length + answer.work.length === 0;
    return (
        <>
            <div class="head">
                <p>
                    {answer === null ? null : (
                        <>
                            Under the name{" "}
                            <strong>
                                <Said text={answer.provider === "" ? "–" : answer.provider} />
                            </strong>
                            , as it stands <When time={answer.made} />
                        </>
                    )}
                </p>
                {may("act") ? (
                    <ChosenFromAll partner={partner} onPartner={setPartner} />
                ) : (
                    <ChosenByName partner={partner} onPartner={setPartner} />
                )}
            </div>
            <Complaint refused={refused} again={again} />
            {unknown ? <p class="quiet">Nothing is on it. A partner that is not configured has an empty page, too.</p> : null}
            {answer === null ? refused === null ? <Waiting what="Asking" /> : null : <Page answer={answer} />}
        </>
    );
}
