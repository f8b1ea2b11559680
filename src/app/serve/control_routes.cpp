#include "app/serve/control_routes.h"

namespace tidegate::app {

bool is_meant(const RouteName& route, const net::Request& request) {
    const bool same =
        request.method() == route.method || (route.method == "GET" && request.method() == "HEAD");
    return same && net::fits(route.path, request.path());
}

}  // namespace tidegate::app
