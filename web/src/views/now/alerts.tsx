// Alerts that nobody has taken yet: people are called until somebody does.

import { call } from "../../api/call";
import type { Alert, Alerts, OnCall } from "../../api/told";
import { Needs } from "../../parts/forms";
import { Card, Chip, Complaint, Done, Said, When } from "../../parts/words";
import { useAsked } from "../../state/asked";
import { useDeed } from "../../state/deed";
import { to } from "../../state/route";
import { may } from "../../state/session";
import { severityTone } from "../alerts/words";

function Line({ alert, busy, onTake }: { alert: Alert; busy: boolean; onTake: () => void }) {
    return (
        <li>
            <span>
                <Chip tone={severityTone[alert.severity] ?? "plain"}>{alert.severity}</Chip> <Said text={alert.subject} />
                {alert.count > 1 ? ` and ${alert.count - 1} more` : ""}
                <span class="quiet">
                    , since <When time={alert.opened} />, code <span class="mono">{alert.code}</span>
                    {alert.arrived ? "" : "; no message about it has arrived"}
                </span>
            </span>
            {may("act") ? (
                <button type="button" disabled={busy} onClick={onTake}>
                    Take {alert.code}
                </button>
            ) : null}
        </li>
    );
}

function Called({ on_call }: { on_call: readonly OnCall[] }) {
    if (on_call.length === 0) return null;
    return (
        <p class="quiet">
            On call:{" "}
            {on_call.map(({ rota, person, until, next }) => (
                <span key={rota}>
                    <strong>
                        <Said text={person} />
                    </strong>{" "}
                    (<Said text={rota} />
                    {until === null ? null : (
                        <>
                            , until <When time={until} />
                        </>
                    )}
                    {next === null ? null : (
                        <>
                            , then <Said text={next} />
                        </>
                    )}
                    ){" "}
                </span>
            ))}
        </p>
    );
}

export function ToBeTaken() {
    const { answer, refused, again } = useAsked<Alerts>("alerts", {}, 5_000);
    const deed = useDeed();
    const open = (answer?.alerts ?? []).filter((alert) => alert.state === "open");
    const take = ({ code, subject }: Alert) =>
        deed.run(async () => {
            await call(`alerts/${encodeURIComponent(code)}/ack`, { method: "POST", body: {} });
            again();
            return `You have taken ${code}, ${subject}: nobody is called about it any more.`;
        });
    if (open.length === 0 && deed.done === "" && refused === null) return null;
    return (
        <Card title="To be taken" aside={<a href={to("alerts")}>all alerts, who is on call</a>}>
            <Complaint refused={refused} again={again} />
            <ul class="alerts">
                {open.map((alert) => (
                    <Line key={alert.id} alert={alert} busy={deed.busy} onTake={() => void take(alert)} />
                ))}
            </ul>
            {open.length === 0 ? null : <Called on_call={answer?.on_call ?? []} />}
            {open.length === 0 ? null : (
                <Needs least="act" what="Taking an alert">
                    {null}
                </Needs>
            )}
            <Complaint refused={deed.refused} />
            <Done text={deed.done} />
        </Card>
    );
}
