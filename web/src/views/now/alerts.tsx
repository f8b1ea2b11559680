// Alerts that nobody has taken yet: people are called until somebody does.

import { call } from "../../api/call";
import type { Alert } from "../../api/told";
import { Needs } from "../../parts/forms";
import { Card, Chip, Complaint, Done, Said, When } from "../../parts/words";
import { useAsked } from "../../state/asked";
import { useDeed } from "../../state/deed";
import { may } from "../../state/session";

const tones = { critical: "bad", warning: "warn", notice: "plain" } as const;

function Line({ alert, busy, onTake }: { alert: Alert; busy: boolean; onTake: () => void }) {
    return (
        <li>
            <span>
                <Chip tone={tones[alert.severity] ?? "plain"}>{alert.severity}</Chip> <Said text={alert.subject} />
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

export function ToBeTaken() {
    const { answer, refused, again } = useAsked<{ alerts: Alert[] }>("alerts", {}, 5_000);
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
        <Card title="To be taken" aside="alerts that nobody has acknowledged">
            <Complaint refused={refused} again={again} />
            <ul class="alerts">
                {open.map((alert) => (
                    <Line key={alert.id} alert={alert} busy={deed.busy} onTake={() => void take(alert)} />
                ))}
            </ul>
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
