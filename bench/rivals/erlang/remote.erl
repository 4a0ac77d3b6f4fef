%% What two nodes cost, each an emulator of its own, on the loopback. It is the module by which
%% they find each other as well, in place of a daemon that would stay (`-epmd_module remote`).
-module(remote).
-export([with_node/1, ping_pong/2, tell/2, other/0, wall/0, sink/1]).
-export([start_link/0, register_node/2, register_node/3, listen_port_please/2, port_please/2,
         port_please/3, address_please/3, names/1]).

-define(PORT, "RIVAL_PORT").

%% Runs `Run(Other)` with another node, which ends with this one.
with_node(Run) ->
    {ok, _} = net_kernel:start(['rival_one@127.0.0.1', longnames]),
    true = register(remote_bench, self()),
    Schedulers = integer_to_list(erlang:system_info(schedulers_online)),
    Port = open_port({spawn_executable, os:find_executable("erl")},
                     [{args, ["+S", Schedulers ++ ":" ++ Schedulers, "-noshell",
                              "-name", "rival_other@127.0.0.1", "-start_epmd", "false",
                              "-epmd_module", "remote",
                              "-setcookie", atom_to_list(erlang:get_cookie()),
                              "-pa", filename:dirname(code:which(?MODULE)),
                              "-s", "remote", "other"]},
                      exit_status]),
    receive
        {here, Other} -> monitor_node(Other, true), Run(Other), unregister(remote_bench);
        {Port, {exit_status, Status}} -> exit({other_node, Status})
    after 30000 -> exit(no_other_node)
    end.

other() ->
    One = 'rival_one@127.0.0.1',
    true = net_kernel:connect_node(One),
    monitor_node(One, true),
    {remote_bench, One} ! {here, node()},
    receive {nodedown, One} -> halt(0) end.

%% Nanoseconds a round trip.
ping_pong(Other, Count) ->
    Wall = spawn_link(Other, ?MODULE, wall, []),
    Spent = rivals:timed(over, fun() -> Wall ! {self(), Count}, serve(Wall) end),
    unlink(Wall),
    exit(Wall, kill),
    Spent / Count.

serve(Wall) ->
    receive
        {Wall, 1} -> over;
        {Wall, Left} -> Wall ! {self(), Left - 1}, serve(Wall)
    end.

wall() ->
    receive {From, Left} -> From ! {self(), Left} end,
    wall().

%% Nanoseconds a message, until the last is known to have come in order.
tell(Other, Count) ->
    Sink = spawn_link(Other, ?MODULE, sink, [0]),
    Spent = rivals:timed(Count, fun() ->
                                        items(Sink, 0, Count),
                                        Sink ! {last, self()},
                                        receive {Sink, Come} -> Come end
                                end),
    unlink(Sink),
    exit(Sink, kill),
    Spent / Count.

items(_, Count, Count) -> ok;
items(Sink, Next, Count) ->
    Sink ! {item, Next},
    items(Sink, Next + 1, Count).

sink(Come) ->
    receive
        {item, Come} -> sink(Come + 1);
        {last, From} -> From ! {self(), Come}, sink(0)
    end.

%% In place of the port mapper: the one node that is called tells its port to its child.
start_link() -> ignore.
register_node(Name, Port) -> register_node(Name, Port, inet).
register_node(_, Port, _) ->
    case os:getenv(?PORT) of
        false -> os:putenv(?PORT, integer_to_list(Port));
        _ -> true
    end,
    {ok, 1}.
listen_port_please(_, _) -> {ok, 0}.
port_please(Name, Host) -> port_please(Name, Host, infinity).
port_please(_, _, _) -> {port, list_to_integer(os:getenv(?PORT)), 5}.
address_please(_, _, _) -> {ok, {127, 0, 0, 1}}.
names(_) -> {error, address}.
