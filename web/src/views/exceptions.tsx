// All exceptions by hand.

import { useState } from "preact/hooks";
import type { Exception } from "../api/types";
import { Field } from "../parts/forms";
import { Card, Complaint, Waiting } from "../parts/words";
import { useAsked } from "../state/asked";
import { many } from "../text/numbers";
import { ExceptionForm } from "./exceptions/form";
import { ExceptionLines } from "./exceptions/lines";

function matches(one: Exception, words: string): boolean {
    return [one.subject, one.reason, one.author, one.effect].some((text) => text.toLowerCase().includes(words.toLowerCase()));
}

export function ExceptionsView() {
    const { answer, refused, again } = useAsked<{ exceptions: Exception[] }>("exceptions", {}, 30_000);
    const [words, setWords] = useState("");
    const shown = (answer?.exceptions ?? []).filter((one) => matches(one, words));
    return (
        <>
            <Card title="By hand" aside={answer === null ? "" : many(answer.exceptions.length, "exception")}>
                <Complaint refused={refused} again={again} />
                {answer === null ? (
                    <Waiting what="Asking" />
                ) : (
                    <>
                        <Field name="filter" label="Only those with" value={words} onValue={setWords} />
                        <ExceptionLines exceptions={shown} onDone={again} />
                    </>
                )}
                <p class="hint">Those of the configuration and of its lists hold alike. Where one allows and one denies, allow wins.</p>
            </Card>
            <Card title="A new one">
                <ExceptionForm subjects={[]} onDone={again} />
            </Card>
        </>
    );
}
