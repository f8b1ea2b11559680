#include "app/serve/kept_orders.h"

#include <utility>

#include "app/serve/subject.h"

namespace tidegate::app {
namespace {

keep::SubjectKind kind_of(const judge::Exception& exception) {
    if (exception.as_number) return keep::SubjectKind::as;
    if (!exception.prefix) return keep::SubjectKind::account;
    const unsigned whole = exception.prefix->is_v4() ? 32 : 128;
    return exception.prefix->length() == whole ? keep::SubjectKind::address : keep::SubjectKind::network;
}

}  // namespace

keep::Exemption exemption_of(const Order& order) {
    const bool allow = order.exception.effect == judge::Exception::Effect::allow;
    return {.effect = allow ? keep::Effect::allow : keep::Effect::deny,
            .kind = kind_of(order.exception),
            .subject = subject_of(order.exception),
            .reason = order.exception.reason,
            .author = order.exception.author,
            .created = order.created,
            .expires = order.exception.expires};
}

Result<Order> order_of(const keep::Exemption& kept) {
    Order order{.id = kept.id, .exception = {}, .created = kept.created};
    if (kept.kind == keep::SubjectKind::account) {
        order.exception.account = kept.subject;  // it may look like something else
    } else {
        auto about = exception_about(kept.subject);
        if (!about) return std::unexpected(about.error());
        order.exception = std::move(*about);
    }
    order.exception.effect =
        kept.effect == keep::Effect::allow ? judge::Exception::Effect::allow : judge::Exception::Effect::deny;
    order.exception.reason = kept.reason;
    order.exception.author = kept.author;
    order.exception.expires = kept.expires;
    return order;
}

}  // namespace tidegate::app
