find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME e2e/drill
         COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/drill_test.py $<TARGET_FILE:tidegate>
                 ${PROJECT_SOURCE_DIR}/share/drills ${CMAKE_CURRENT_BINARY_DIR}/drill)
set_tests_properties(e2e/drill PROPERTIES LABELS e2e TIMEOUT 600)
