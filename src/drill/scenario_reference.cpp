// The tables and keys of a scenario as Markdown.

#include <fmt/format.h>

#include "drill/scenario_keys.h"

namespace tidegate::drill {
namespace {

template <class T>
std::string table_of(std::string_view title, std::string_view about, std::span<const Key<T>> keys) {
    std::string text = fmt::format(
        "\n### `{}`\n{}\n\n| key | value | default | meaning |\n|---|---|---|---|\n", title, about);
    for (const Key<T>& key : keys) {
        const std::string unit = key.unit.empty() ? "" : fmt::format(" ({})", key.unit);
        const std::string standard = standard_of(key);
        text += fmt::format("| `{}` | {}{} | {} | {} |\n", key.name, type_of(key), unit,
                            standard == "-" ? "" : '`' + standard + '`', key.meaning);
    }
    return text;
}

}  // namespace

std::string scenario_reference() {
    return table_of("(the file's top)", "What is played, and what sensors see.", scenario_keys()) +
           table_of("[list.NAME]", "A block list that the judge is given.", list_keys()) +
           table_of("[customers.NAME]", "A kind of customers; a file may have several.", customer_keys()) +
           table_of("[botnet.NAME]", "Addresses that guess together; several.", botnet_keys()) +
           table_of("[connections.NAME]",
                    "Addresses that open connections to port 25 for their own sake; several.", flood_keys()) +
           table_of("[mail.NAME]", "Hosts that send us mail; several.", mail_keys()) +
           table_of("[clients.NAME]", "Customers whose mail programs stay connected; several.",
                    client_keys()) +
           table_of("[servers]", "What bears the log-ins that are let through.", server_keys()) +
           "\n### `[mail_servers]`\nWhat bears the mail that is let through: the same settings as "
           "`[servers]`; 20 messages a second each, 200 ms.\n" +
           table_of("[edge]", "The edge's own machine.", edge_keys()) +
           table_of("[[change]]", "What becomes of servers while it lasts, once for each.", change_keys()) +
           table_of("[[check]]", "A figure that must be shown, once for each.", check_keys());
}

}  // namespace tidegate::drill
