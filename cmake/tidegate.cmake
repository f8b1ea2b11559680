# What every target of ours is compiled with, and how a folder becomes a library.

add_library(tidegate_flags INTERFACE)
target_compile_options(tidegate_flags INTERFACE
  -Wall -Wextra -Wconversion -Wthread-safety -Werror
  -ffp-contract=off) # the judge gives the same sums on every machine
target_include_directories(tidegate_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
# RE2 names some ninety libraries of Abseil on Debian 13; a program need not load those it does not use.
target_link_options(tidegate_flags INTERFACE -Wl,--as-needed)

if(TIDEGATE_SANITIZE)
  target_compile_options(tidegate_flags INTERFACE
    -fsanitize=${TIDEGATE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tidegate_flags INTERFACE -fsanitize=${TIDEGATE_SANITIZE})
  if(TIDEGATE_FUZZ)
    target_compile_options(tidegate_flags INTERFACE -fsanitize=fuzzer-no-link)
  endif()
endif()

find_package(Threads REQUIRED)

# tidegate_library(NAME DEPS...): every .cpp below this folder becomes tidegate_NAME.
# The dependencies are the arrows of the house; tests/unit/layers checks the includes.
function(tidegate_library name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS *.h)
  # What lies in a subfolder with a list of its own belongs to that library.
  file(GLOB_RECURSE lists CONFIGURE_DEPENDS CMakeLists.txt)
  foreach(list ${lists})
    get_filename_component(folder ${list} DIRECTORY)
    if(NOT folder STREQUAL CMAKE_CURRENT_SOURCE_DIR)
      list(FILTER sources EXCLUDE REGEX "^${folder}/")
      list(FILTER headers EXCLUDE REGEX "^${folder}/")
    endif()
  endforeach()
  if(sources)
    add_library(tidegate_${name} STATIC ${sources} ${headers})
    target_link_libraries(tidegate_${name} PUBLIC tidegate_flags ${ARGN})
  else()
    add_library(tidegate_${name} INTERFACE ${headers})
    target_link_libraries(tidegate_${name} INTERFACE tidegate_flags ${ARGN})
  endif()
endfunction()
