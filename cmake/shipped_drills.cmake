# The scenarios of share/drills become part of the program: one source, made anew when one of them changes.
file(GLOB drills CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/share/drills/*.toml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${drills})
set(TEXTS)
foreach(drill ${drills})
  get_filename_component(name ${drill} NAME_WE)
  file(READ ${drill} text)
  string(APPEND TEXTS "    {\"${name}\", R\"toml(${text})toml\"},\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/shipped.cpp @ONLY CONTENT
[[#include "drill/shipped.h"

#include <array>

namespace tidegate::drill {
namespace {

constexpr auto drills = std::to_array<Shipped>({
@TEXTS@});

}  // namespace

std::span<const Shipped> shipped() {
    return drills;
}

}  // namespace tidegate::drill
]])
target_sources(tidegate_drill PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/shipped.cpp)
