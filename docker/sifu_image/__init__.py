"""What the image has beside Sifu itself: fetching at build, the entry point, the health check.

Standard library only: the fetching part runs before anything is installed. At build `fetching`
brings private repositories (`course_list`, `requirement_list`, `address`) with `git`, to which
`askpass` hands the token. In the container `entry` chooses the account (`account`), lays out the
courses (`laying_out`) and becomes what it was asked to run; `command` is `sifu` for
`docker exec`; `health` answers the engine's question. Must not: be imported by the package `proxy`.
"""
