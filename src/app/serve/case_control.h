#pragma once
// What operators ask and order about cases and announced work over the control socket: for `tidegate
// incident`, `tidegate work` and whatever else may use it.

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "app/serve/case_desk.h"
#include "app/serve/control_routes.h"
#include "app/serve/control_words.h"
#include "keep/records.h"
#include "net/http_message.h"
#include "tell/incident/incidents.h"

namespace tidegate::app {

/// What these calls reach. Owner: the daemon; outlives it. Thread: any.
struct CaseControlWorld {
    CaseDesk& desk;
    std::function<Time()> clock;
    /// Words for the record of an incident, on the disk when it returns.
    std::function<Result<tell::Said>(const WordNotice&)> say;
    /// What was done, for the record that goes on.
    std::function<void(const ActionNotice&)> note;
    std::function<void(keep::Deed deed)> record;  // into the audit log
};

/// GET and POST /v1/cases, GET /v1/cases/{id}, POST its notes, updates, promise, checks, lines, GET and POST
/// its postmortem; GET and POST /v1/work, POST /v1/work/{id}; GET /v1/templates, GET /v1/public.
/// docs/cases.md has them. Who connects may do all of it: the socket's permissions are the right. Thread:
/// any.
class CaseControl {
public:
    explicit CaseControl(CaseControlWorld world) : world_(std::move(world)) {}
    [[nodiscard]] static std::span<const ControlRoute<CaseControl>> routes();
    /// False: it is none of these calls, and nothing is answered.
    [[nodiscard]] bool answer(const net::Request& request, net::Response& response) {
        return answer_by(routes(), *this, request, response);
    }

private:
    void list(const net::Request& request, net::Response& response);
    void open(const net::Request& request, net::Response& response);
    void show(const net::Request& request, net::Response& response);
    void note(const net::Request& request, net::Response& response);
    void update(const net::Request& request, net::Response& response);
    void promise(const net::Request& request, net::Response& response);
    void check(const net::Request& request, net::Response& response);
    void count_lines(const net::Request& request, net::Response& response);
    [[nodiscard]] std::string plot_of(std::string_view id) const;
    void show_post_mortem(const net::Request& request, net::Response& response);
    void post_mortem(const net::Request& request, net::Response& response);
    void list_work(const net::Request& request, net::Response& response);
    void announce(const net::Request& request, net::Response& response);
    void change_work(const net::Request& request, net::Response& response);
    void list_templates(const net::Request& request, net::Response& response);
    void show_public(const net::Request& request, net::Response& response);

    /// A request as it is ordered: of whom, about what.
    struct Order {
        Words words;
        std::string id, author;
    };
    /// Nothing: it is answered, for the body is no object or there is no such case.
    [[nodiscard]] std::optional<Order> read(std::string_view pattern, const net::Request& request,
                                            net::Response& response) const;
    void carry_out(const Order& order, std::string_view action, const CaseDesk::Deed& deed,
                   net::Response& response) const;

    CaseControlWorld world_;
};

}  // namespace tidegate::app
