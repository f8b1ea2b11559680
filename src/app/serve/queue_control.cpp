#include "app/serve/queue_control.h"

#include <array>

#include "app/serve/control_words.h"
#include "app/serve/queues.h"

namespace tidegate::app {

std::span<const ControlRoute<QueueControl>> QueueControl::routes() {
    static constexpr std::array<ControlRoute<QueueControl>, 1> all{{
        {{"GET", "/v1/queues"}, &QueueControl::list},
    }};
    return all;
}

void QueueControl::list(const net::Request& /*request*/, net::Response& response) {
    reply(response, R"({"queues":)" + queues_json(standing_()) + '}');
}

}  // namespace tidegate::app
