// What came, what was stopped, and whom it hurt.

import type { Campaign } from "../../api/incident";
import { type Column, Table } from "../../parts/table";
import { Card, When } from "../../parts/words";
import { count, percent } from "../../text/numbers";
import { span } from "../../text/time";

const words: readonly [string, string][] = [
    ["attempts", "attempts"],
    ["hostile", "of them hostile"],
    ["stopped", "stopped"],
    ["reached_database", "hostile ones that reached the database"],
    ["logins", "log-ins"],
    ["addresses", "different addresses"],
    ["accounts", "different accounts"],
    ["refused", "customers refused"],
    ["refused_familiar", "of them where they are at home"],
    ["let_in_later", "of them let in later"],
    ["faults", "faults of our own servers"],
    ["faults_by_restart", "of them by restarts"],
    ["customers_with_faults", "customers with faults"],
    ["suspected_takeovers", "suspected takeovers"],
];

export function Counts({ counts }: { counts: Record<string, number> }) {
    return (
        <Card title="Counts" aside={`addresses and accounts ± ${percent(counts["error"])}`} wide>
            <dl class="pairs">
                {words.map(([name, text]) => (
                    <div key={name}>
                        <dt>{text}</dt>
                        <dd class="n">{count(counts[name])}</dd>
                    </div>
                ))}
                <div>
                    <dt>longest wait of a refused customer</dt>
                    <dd class="n">{span(counts["longest_wait_seconds"] ?? 0)}</dd>
                </div>
            </dl>
        </Card>
    );
}

const columns: readonly Column<Campaign>[] = [
    { name: "From", cell: (one) => <When time={one.first} date="always" />, by: (one) => one.first },
    { name: "To", cell: (one) => <When time={one.last} />, by: (one) => one.last },
    { name: "Attempts", cell: (one) => count(one.attempts), by: (one) => one.attempts, number: true },
    {
        name: "Stopped",
        cell: (one) => percent(one.attempts === 0 ? 0 : one.stopped / one.attempts),
        by: (one) => one.stopped,
        number: true,
    },
    { name: "Addresses", cell: (one) => count(one.addresses), by: (one) => one.addresses, number: true, lesser: true },
    { name: "Networks", cell: (one) => count(one.networks), by: (one) => one.networks, number: true, lesser: true },
    { name: "Accounts", cell: (one) => count(one.accounts), by: (one) => one.accounts, number: true },
    { name: "Services", cell: (one) => one.services.map((each) => `${each.service} ${count(each.attempts)}`).join(", "), lesser: true },
];

export function Campaigns({ campaigns }: { campaigns: readonly Campaign[] }) {
    return (
        <Card title="Campaigns" wide>
            <Table caption="Campaigns" rows={campaigns} columns={columns} keyOf={(one) => one.first} empty="None." />
        </Card>
    );
}
