// The refusals of an account in the last day; each with its evidence, and a way to vouch.

import type { Refusal } from "../../api/types";
import { Evidence } from "../../parts/evidence";
import { Card, Said, When } from "../../parts/words";
import { many } from "../../text/numbers";
import { Vouch } from "./vouch";

function One({ refusal, onDone }: { refusal: Refusal; onDone: () => void }) {
    return (
        <details class="stop">
            <summary>
                <When time={refusal.time} /> from <Said text={refusal.address ?? "nowhere"} mono />
                {refusal.service === undefined ? "" : `, ${refusal.service}`}, code <span class="mono">{refusal.code}</span>
            </summary>
            <Evidence judged={refusal} caption={`The evidence of the refusal ${refusal.code}`} />
            <Vouch code={refusal.code} onDone={onDone} />
        </details>
    );
}

export function Refusals({ refused, onDone }: { refused: readonly Refusal[]; onDone: () => void }) {
    return (
        <Card title="Refused in the last day" aside={many(refused.length, "refusal")}>
            {refused.length === 0 ? <p class="quiet">None.</p> : null}
            <div class="stops">
                {refused.map((refusal) => (
                    <One key={refusal.code} refusal={refusal} onDone={onDone} />
                ))}
            </div>
        </Card>
    );
}
