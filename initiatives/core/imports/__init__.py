"""Taking in other people's tables: read, map to fields, try, then store all of it or nothing.

reading     a file becomes columns and rows; what is wrong with it is said by row and column
mapping     what a person decided about a file's columns, as data that is saved by name
targets     what a room offers to be imported, registered by that room
running     the dry run, and the run in one transaction
models      the saved mappings and the runs
pages       upload, map, try, confirm, watch
"""
