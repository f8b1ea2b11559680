// The servers, in short.

import type { Server } from "../../api/types";
import { type Column, Table } from "../../parts/table";
import { Card, Chip, Said } from "../../parts/words";
import { to } from "../../state/route";
import { count, rate } from "../../text/numbers";
import { stateTone } from "../server_words";

const columns: readonly Column<Server>[] = [
    { name: "Server", cell: (server) => <Said text={server.server} mono /> },
    {
        name: "State",
        cell: (server) => (
            <>
                <Chip tone={stateTone(server.state)}>{server.state}</Chip>
                {server.also === null || server.also === undefined ? null : (
                    <Chip tone={stateTone(server.also.state)}>{server.also.state}</Chip>
                )}
            </>
        ),
    },
    {
        name: "Sessions",
        cell: (server) => (
            <>
                {count(server.sessions)}
                {server.queued > 0 ? <div class="warn">{count(server.queued)} queued</div> : null}
            </>
        ),
        number: true,
    },
    { name: "Log-ins/s", cell: (server) => rate(server.log_ins_a_second), number: true },
];

export function ServersNow({ servers }: { servers: readonly Server[] }) {
    return (
        <Card title="Servers" aside={<a href={to("servers")}>drain, quarantine, what-if</a>}>
            <Table
                caption="Servers"
                rows={servers}
                columns={columns}
                keyOf={(server) => server.server}
                empty="No servers stand behind an edge."
                tone={(server) => (server.state === "down" || server.state === "quarantined" ? "bad" : "")}
            />
        </Card>
    );
}
