#include "net/descriptor.h"

#include <unistd.h>

namespace tidegate::net {

void Descriptor::close() {
    if (number_ >= 0) ::close(release());
}

}  // namespace tidegate::net
