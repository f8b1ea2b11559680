// Why somebody was, or would be, stopped; and beside it what can be done for or against him.

import { useState } from "preact/hooks";
import type { Why, WhyCode, WhyNow } from "../api/types";
import { Evidence } from "../parts/evidence";
import { Field, Form, Needs } from "../parts/forms";
import { Card, Chip, Complaint, Said, Waiting } from "../parts/words";
import { useAsked } from "../state/asked";
import { go } from "../state/route";
import { clean } from "../text/clean";
import { isMany } from "../text/subject";
import { ForAndAgainst } from "./search/deeds";
import { MailWhy } from "./search/mail";
import { Refusals } from "./search/refusals";

function Looked({ rest, onSame }: { rest: string; onSame: () => void }) {
    const [who, setWho] = useState(clean(rest) === rest ? rest : "");
    const look = () => {
        if (who.trim() === rest) onSame();
        else if (who.trim() !== "") go("search", who.trim());
    };
    return (
        <Card title="Whom do you look for?">
            <Form label="Look for somebody" onSubmit={look}>
                <div class="row">
                    <Field name="subject" label="Address, account or code" value={who} onValue={setWho} required />
                    <button type="submit" class="first">
                        Why?
                    </button>
                </div>
                <p class="hint">192.0.2.7, bob@example.org, or the code that a refused customer read out: 7KX2M9A</p>
            </Form>
        </Card>
    );
}

function ByCode({ why }: { why: WhyCode }) {
    const refusal = why.refused[0];
    if (refusal === undefined) return null;
    return (
        <Card title="The refusal with this code">
            <p>
                Account <Said text={refusal.account ?? "not said"} mono />, from <Said text={refusal.address ?? "nowhere"} mono />
                {refusal.service === undefined ? "" : `, ${refusal.service}`}.
            </p>
            <Evidence judged={refusal} caption="The evidence of this refusal" />
        </Card>
    );
}

function Now({ why }: { why: WhyNow }) {
    return (
        <Card
            title={
                why.kind === "address"
                    ? "A log-in from there now, as far as the address alone says"
                    : "A log-in now, as far as the account alone says"
            }
        >
            {why.banned ? (
                <p>
                    <Chip tone="bad">banned</Chip> The kernel keeps this address out. Lifting or allowing it lifts the ban, too.
                </p>
            ) : null}
            <Evidence judged={why.now} caption="The evidence now" />
        </Card>
    );
}

function subjectsOf(why: Why, rest: string): string[] {
    if (why.kind !== "code") return [rest];
    const refusal = why.refused[0];
    return [refusal?.account ?? "", refusal?.address ?? ""].filter((subject) => subject !== "");
}

/** The judge weighs addresses and accounts; of a network or a provider there are only exceptions. */
function OfMany({ rest }: { rest: string }) {
    return (
        <div class="actions-beside">
            <p class="quiet">
                Evidence is weighed for one address or account: look for one of those in there. What is allowed or denied here holds for all
                of them.
            </p>
            <div>
                <ForAndAgainst subjects={[rest]} code={null} isAccount={false} onDone={() => undefined} />
            </div>
        </div>
    );
}

function Found({ rest }: { rest: string }) {
    const { answer, refused, waiting, again } = useAsked<Why>("why", { who: rest });
    if (answer === null && waiting) return <Waiting what="Asking the judge" />;
    return (
        <>
            <Complaint refused={refused} again={again} />
            {answer === null ? null : (
                <div class="actions-beside">
                    <div>
                        {answer.kind === "code" ? <ByCode why={answer} /> : <Now why={answer} />}
                        {answer.kind === "code" ? null : <Refusals refused={answer.refused} onDone={again} />}
                        {answer.kind === "code" || answer.mail === undefined ? null : <MailWhy mail={answer.mail} />}
                    </div>
                    <div>
                        <ForAndAgainst
                            subjects={subjectsOf(answer, rest)}
                            code={answer.kind === "code" ? rest : null}
                            isAccount={answer.kind === "account"}
                            onDone={again}
                        />
                    </div>
                </div>
            )}
        </>
    );
}

export function SearchView({ rest }: { rest: string }) {
    const [round, setRound] = useState(0);
    return (
        <>
            <Looked key={rest} rest={rest} onSame={() => setRound(round + 1)} />
            {rest === "" ? null : (
                <Needs least="support" what="Asking why somebody is stopped">
                    <h2>
                        Why <Said text={rest} mono />?
                    </h2>
                    {isMany(rest) ? <OfMany rest={rest} /> : <Found key={round} rest={rest} />}
                </Needs>
            )}
        </>
    );
}
