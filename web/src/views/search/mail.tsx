// Mail on port 25 from an address.

import type { MailStop, WhyNow } from "../../api/types";
import { Evidence } from "../../parts/evidence";
import { Card, Said, When } from "../../parts/words";
import { many } from "../../text/numbers";

function Stop({ stop }: { stop: MailStop }) {
    return (
        <details class="stop">
            <summary>
                {stop.acts ? "Stopped" : "Would be stopped"} <When time={stop.time} />, {many(stop.times, "time")} in its session
                {stop.ehlo === undefined || stop.ehlo === "" ? null : (
                    <>
                        , called <Said text={stop.ehlo} mono />
                    </>
                )}
            </summary>
            <Evidence judged={stop} caption="The evidence of this stop" />
        </details>
    );
}

export function MailWhy({ mail }: { mail: NonNullable<WhyNow["mail"]> }) {
    return (
        <Card title="A mail from there now, as far as the address alone says">
            <Evidence judged={mail.now} caption="The evidence about its mail" />
            <div class="stops">
                {mail.stopped.map((stop, at) => (
                    <Stop key={`${stop.time}/${at}`} stop={stop} />
                ))}
            </div>
        </Card>
    );
}
