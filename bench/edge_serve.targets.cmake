add_executable(edge_serve edge_serve.cpp)
target_link_libraries(edge_serve PRIVATE tidegate_edge)
