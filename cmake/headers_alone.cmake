# Every header of src compiles without anything before it: one source a header, compiled with the other tests.
# A header that does not stand alone breaks the build, with its name in the message.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/src/*.h)
set(sources)
foreach(header ${headers})
  string(REPLACE "/" "_" source ${header})
  set(source ${CMAKE_BINARY_DIR}/headers_alone/${source}.cpp)
  # Twice: so that a missing include guard shows too.
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n#include \"${header}\"\n")
  list(APPEND sources ${source})
endforeach()
if(sources)
  add_library(headers_alone OBJECT ${sources})
  target_link_libraries(headers_alone PRIVATE tidegate_app)
  target_compile_options(headers_alone PRIVATE -O0 -g0)
  set_target_properties(headers_alone PROPERTIES EXPORT_COMPILE_COMMANDS OFF)
endif()
