%% Erlang/OTP: what casty's benches measure, under the same names. Run by
%% `erl +S N:N -noshell -epmd_module remote -s rivals main [tiny] REPEAT`, with as many
%% schedulers as workers.
-module(rivals).
-export([main/1, timed/2]).

main(Arguments) ->
    Tiny = lists:member(tiny, Arguments),
    Repeat = list_to_integer(atom_to_list(lists:last(Arguments))),
    put(tiny, Tiny),
    put(repeat, Repeat),
    Workers = erlang:system_info(schedulers_online),
    io:format("# ~s~n", [erlang:system_info(otp_release)]),
    lives(Workers),
    path(Workers),
    programs(Workers),
    remote:with_node(fun(Other) -> far(Other, Workers) end),
    halt(0).

path(Workers) ->
    Two = Workers > 1,
    take(name(Two, "across_ping_pong/pairs:1", "ping_pong"), "ns", fun() -> hop(2) end),
    take(name(Two, "ring/workers:2", "ring/members:100/tokens:1"), "ns", fun() -> hop(100) end),
    take(name(Two, "across_fan_in/senders:100", "fan_in/senders:100"), "ns", fun fan_in/0),
    take(name(Two, "asks_in_flight/workers:2", "asks_in_flight_awaited"), "ns",
         fun asks_in_flight/0),
    take(name(Two, "ask/workers:2", "ask"), "ns", fun ask/0),
    take_whole("counting", Workers, fun counting/0).

lives(Workers) ->
    case Workers of
        1 -> lists:foreach(fun(_) -> cold() end, lists:seq(1, min(3, get(repeat))));
        _ -> ok
    end,
    take_whole("short_lives", Workers, fun short_lives/0),
    take_whole("watched_stops", Workers, fun watched_stops/0).

programs(Workers) ->
    take_whole("skynet", Workers, fun skynet/0),
    take_whole("fork_join_throughput", Workers, fun fork_join_throughput/0),
    take_whole("chameneos", Workers, fun chameneos/0),
    take_whole("big", Workers, fun big/0),
    take_whole("bank_transaction", Workers, fun bank_transaction/0).

far(Other, Workers) ->
    Suffix = "/workers:" ++ integer_to_list(Workers),
    take("remote_ping_pong" ++ Suffix, "ns",
         fun() -> remote:ping_pong(Other, size(20000, 100)) end),
    take("remote_tell" ++ Suffix, "ns", fun() -> remote:tell(Other, size(500000, 1000)) end).

name(true, Name, _) -> Name;
name(false, _, Name) -> Name.

%% Each run has a process of its own, and so a heap that is new.
take(Name, Unit, Run) ->
    _ = alone(Run),
    lists:foreach(fun(_) -> print(Name, alone(Run), Unit) end, lists:seq(1, get(repeat))).

take_whole(Name, Workers, Run) ->
    take(Name ++ "/workers:" ++ integer_to_list(Workers), "ms", fun() -> Run() / 1.0e6 end).

print(Name, Value, Unit) -> io:format("~s ~.6g ~s~n", [Name, float(Value), Unit]).

alone(Run) ->
    Self = self(),
    Tiny = get(tiny),
    {Pid, Ref} = spawn_monitor(fun() ->
                                       put(tiny, Tiny),
                                       Self ! {self(), Run()}
                               end),
    receive
        {Pid, Result} ->
            receive {'DOWN', Ref, process, Pid, _} -> Result end;
        {'DOWN', Ref, process, Pid, Reason} ->
            io:format(standard_error, "wrong result: ~p~n", [Reason]),
            halt(1)
    end.

size(Measured, Small) ->
    case get(tiny) of
        true -> Small;
        false -> Measured
    end.

%% Nanoseconds of `Run`, whose result must be `Expected`.
timed(Expected, Run) ->
    Begin = erlang:monotonic_time(nanosecond),
    Expected = Run(),
    erlang:monotonic_time(nanosecond) - Begin.

%% A ring that hands a token on; two members play ping-pong.
hop(Members) ->
    Hops = size(1000000, 1000),
    Self = self(),
    Last = spawn_link(fun() -> receive {next, Next} -> node_loop(Next, Self) end end),
    First = lists:foldl(fun(_, Next) -> spawn_link(fun() -> node_loop(Next, Self) end) end, Last,
                        lists:seq(2, Members)),
    Last ! {next, First},
    Spent = timed(over, fun() -> First ! (Hops - 1), receive over -> over end end),
    Spent / Hops.

node_loop(Next, End) ->
    receive
        0 -> End ! over;
        Left -> Next ! (Left - 1)
    end,
    node_loop(Next, End).

%% One item a turn.
fan_in() ->
    Senders = 100,
    Items = size(500000, 1000),
    Self = self(),
    Sink = spawn_link(fun() -> sink(Items, 0, Self) end),
    All = [spawn_link(fun() -> sender(Sink) end) || _ <- lists:seq(1, Senders)],
    Spent = timed(Items, fun() ->
                                 [Each ! {send, Items div Senders} || Each <- All],
                                 receive {sum, Sum} -> Sum end
                         end),
    Spent / (2 * Items).

sink(0, Sum, End) -> End ! {sum, Sum};
sink(Left, Sum, End) -> receive {item, Value} -> sink(Left - 1, Sum + Value, End) end.

sender(Sink) ->
    receive
        {send, Left} ->
            Sink ! {item, 1},
            case Left of
                1 -> ok;
                _ -> self() ! {send, Left - 1}
            end,
            sender(Sink)
    end.

counting() ->
    Count = size(1000000, 1000),
    Self = self(),
    Counter = spawn_link(fun() -> counter(0) end),
    Producer = spawn_link(fun() -> receive go -> produce(Counter, Count, Self) end end),
    timed(Count, fun() -> Producer ! go, receive {count, Found} -> Found end end).

counter(Count) ->
    receive
        increment -> counter(Count + 1);
        {retrieve, From} -> From ! {count, Count}
    end.

produce(Counter, 0, End) -> Counter ! {retrieve, End};
produce(Counter, Left, End) ->
    Counter ! increment,
    produce(Counter, Left - 1, End).

server() ->
    receive
        {get, From, Tag, Asked} ->
            From ! {Tag, Asked + 1},
            server()
    end.

%% Keeps a hundred asks under way, each with its reference.
asks_in_flight() ->
    Count = size(1000000, 1000),
    Self = self(),
    Server = spawn_link(fun server/0),
    Client = spawn_link(fun() -> receive go -> Self ! {sum, window(Server, Count)} end end),
    Spent = timed(Count * (Count + 1) div 2,
                  fun() -> Client ! go, receive {sum, Sum} -> Sum end end),
    Spent / Count.

window(Server, Count) ->
    First = min(100, Count),
    Tags = [request(Server, Each) || Each <- lists:seq(0, First - 1)],
    window(Server, First, Count, queue:from_list(Tags), 0).

window(Server, Asked, Count, Tags, Sum) ->
    case queue:out(Tags) of
        {empty, _} -> Sum;
        {{value, Oldest}, Others} ->
            Answer = receive {Oldest, Found} -> Found end,
            case Asked < Count of
                true ->
                    Tag = request(Server, Asked),
                    window(Server, Asked + 1, Count, queue:in(Tag, Others), Sum + Answer);
                false ->
                    window(Server, Asked, Count, Others, Sum + Answer)
            end
    end.

request(Server, Asked) ->
    Tag = make_ref(),
    Server ! {get, self(), Tag, Asked},
    Tag.

%% From a process: there are no other threads.
ask() ->
    Count = size(10000, 100),
    Server = spawn_link(fun server/0),
    Spent = timed(Count * (Count + 1) div 2, fun() -> ask(Server, 0, Count, 0) end),
    Spent / Count.

ask(_, Count, Count, Sum) -> Sum;
ask(Server, Asked, Count, Sum) ->
    Tag = request(Server, Asked),
    receive {Tag, Answer} -> ask(Server, Asked + 1, Count, Sum + Answer) end.

%% Processes that keep two words, and do nothing unless asked.
cold() ->
    Count = size(1000000, 1000),
    Before = resident(),
    Self = self(),
    Parent = spawn_link(fun() ->
                                Begin = erlang:monotonic_time(nanosecond),
                                All = spawn_idle(Count, []),
                                Spent = erlang:monotonic_time(nanosecond) - Begin,
                                hd(All) ! {get, self()},
                                receive {idle, 1, 0} -> ok end,
                                Self ! {spent, Spent},
                                receive stop -> [Each ! stop || Each <- All] end
                        end),
    Spent = receive {spent, Of} -> Of end,
    print("cold/state:16", Spent / Count, "ns"),
    print("cold/state:16/bytes", (resident() - Before) / Count, "B"),
    Parent ! stop,
    wait_until_gone(Count).

spawn_idle(0, All) -> All;
spawn_idle(Left, All) -> spawn_idle(Left - 1, [spawn(fun() -> idle(Left, 0) end) | All]).

idle(First, Second) ->
    receive
        {get, From} -> From ! {idle, First, Second}, idle(First, Second);
        stop -> ok
    end.

wait_until_gone(Count) ->
    case erlang:system_info(process_count) < min(Count, 500) of
        true -> ok;
        false -> timer:sleep(10), wait_until_gone(Count)
    end.

resident() ->
    {ok, Text} = file:read_file("/proc/self/statm"),
    [_, Pages | _] = string:lexemes(binary_to_list(Text), " "),
    list_to_integer(Pages) * 4096.

%% Spawns one after the other; each takes a message, answers, and ends.
short_lives() ->
    Lives = size(100000, 1000),
    Self = self(),
    Parent = spawn_link(fun() -> receive go -> Self ! {ended, bear(Lives, 0)} end end),
    timed(Lives, fun() -> Parent ! go, receive {ended, Ended} -> Ended end end).

bear(0, Ended) -> Ended;
bear(Left, Ended) ->
    spawn(fun child/0) ! {work, self()},
    receive finished -> bear(Left - 1, Ended + 1) end.

child() -> receive {work, From} -> From ! finished end.

%% Monitors many, which it tells to end.
watched_stops() ->
    Actors = size(100000, 1000),
    All = [element(1, spawn_monitor(fun() -> receive stop -> ok end end))
           || _ <- lists:seq(1, Actors)],
    timed(Actors, fun() ->
                          [Each ! stop || Each <- All],
                          told(Actors, 0)
                  end).

told(0, Told) -> Told;
told(Left, Told) -> receive {'DOWN', _, process, _, normal} -> told(Left - 1, Told + 1) end.

%% A tree whose million leaves send their numbers up.
skynet() ->
    Leaves = size(1000000, 1000),
    timed(Leaves * (Leaves - 1) div 2, fun() ->
                                               Self = self(),
                                               spawn(fun() -> tree(0, Leaves, Self) end),
                                               receive {sum, Sum} -> Sum end
                                       end).

tree(First, 1, Parent) -> Parent ! {sum, First};
tree(First, Leaves, Parent) ->
    Self = self(),
    Each = Leaves div 10,
    [spawn(fun() -> tree(First + Child * Each, Each, Self) end) || Child <- lists:seq(0, 9)],
    Parent ! {sum, sums(10, 0)}.

sums(0, Sum) -> Sum;
sums(Left, Sum) -> receive {sum, Of} -> sums(Left - 1, Sum + Of) end.

%% Sixty processes that take messages in turn.
fork_join_throughput() ->
    Actors = size(60, 4),
    Messages = size(10000, 100),
    Expected = round(Actors * Messages * math:sin(37.2) * math:sin(37.2)),
    timed(Expected, fun() ->
                            Self = self(),
                            Joiner = spawn_link(fun() -> fork(Actors, Messages, Self) end),
                            receive {joined, Joiner, Sum} -> round(Sum) end
                    end).

fork(Actors, Messages, End) ->
    Self = self(),
    All = [spawn(fun() -> sines(Messages, 0.0, Self) end) || _ <- lists:seq(1, Actors)],
    deal(Messages, All),
    End ! {joined, self(), lists:foldl(fun(_, Sum) -> receive {done, Of} -> Sum + Of end end, 0.0,
                                       All)}.

deal(0, _) -> ok;
deal(Left, All) ->
    [To ! {work, 37.2} || To <- All],
    deal(Left - 1, All).

sines(0, Sum, To) -> To ! {done, Sum};
sines(Left, Sum, To) ->
    receive
        {work, Angle} ->
            Sine = math:sin(Angle),
            sines(Left - 1, Sum + Sine * Sine, To)
    end.

%% Creatures that meet in pairs, through one mall.
chameneos() ->
    Creatures = size(100, 10),
    Meetings = size(200000, 200),
    timed(2 * Meetings, fun() ->
                                Self = self(),
                                spawn_link(fun() -> open(Creatures, Meetings, Self) end),
                                receive {met, Met} -> Met end
                        end).

open(Creatures, Meetings, End) ->
    Self = self(),
    [spawn_link(fun() -> Self ! {meet, Each rem 3, self()}, creature(Each rem 3, Self, 0) end)
     || Each <- lists:seq(0, Creatures - 1)],
    mall(Meetings, Creatures, none, 0, End).

mall(_, 0, _, Met, End) -> End ! {met, Met};
mall(Left, Living, Waiting, Met, End) ->
    receive
        {meet, _, From} when Left =:= 0 ->
            From ! leave,
            mall(Left, Living, Waiting, Met, End);
        {meet, _, From} when Waiting =:= none ->
            mall(Left, Living, From, Met, End);
        {meet, _, _} = Meet ->
            Waiting ! Meet,
            mall(Left - 1, Living, none, Met, End);
        {faded, Meetings} ->
            mall(Left, Living - 1, Waiting, Met + Meetings, End)
    end.

creature(Color, Mall, Meetings) ->
    receive
        {meet, Other, From} ->
            Now = complement(Color, Other),
            From ! {change, Now},
            Mall ! {meet, Now, self()},
            creature(Now, Mall, Meetings + 1);
        {change, Now} ->
            Mall ! {meet, Now, self()},
            creature(Now, Mall, Meetings + 1);
        leave ->
            Mall ! {faded, Meetings}
    end.

complement(Color, Color) -> Color;
complement(Color, Other) -> 3 - Color - Other.

%% All ping each other, at random.
big() ->
    Members = size(120, 10),
    Pings = size(10000, 20),
    timed(Members * Pings, fun() ->
                                   Self = self(),
                                   All = [spawn_link(fun() -> member(Each, Pings, Self) end)
                                          || Each <- lists:seq(1, Members)],
                                   Tuple = list_to_tuple(All),
                                   [Each ! {all, Tuple} || Each <- All],
                                   [receive finished -> ok end || _ <- All],
                                   [Each ! leave || Each <- All],
                                   lists:sum([receive {handled, Of} -> Of end || _ <- All])
                           end).

member(Seed, Pings, Sink) ->
    receive {all, All} -> ok end,
    Next = ping(All, Seed),
    member(All, Next, Pings - 1, 0, Sink).

%% Park and Miller's generator, as std::minstd_rand is.
ping(All, Random) ->
    Next = Random * 48271 rem 2147483647,
    element(1 + Next rem tuple_size(All), All) ! {ping, self()},
    Next.

member(All, Random, Left, Handled, Sink) ->
    receive
        {ping, From} ->
            From ! pong,
            member(All, Random, Left, Handled + 1, Sink);
        pong when Left > 0 ->
            member(All, ping(All, Random), Left - 1, Handled, Sink);
        pong ->
            Sink ! finished,
            member(All, Random, Left, Handled, Sink);
        leave ->
            Sink ! {handled, Handled}
    end.

%% Transfers between accounts, each of which waits for the other before its next message.
bank_transaction() ->
    Count = size(1000, 20),
    Transactions = size(50000, 100),
    timed(Count * 1000000, fun() ->
                                   Self = self(),
                                   spawn_link(fun() -> teller(Count, Transactions, Self) end),
                                   receive {balance, Of} -> Of end
                           end).

teller(Count, Transactions, End) ->
    Self = self(),
    All = list_to_tuple([spawn_link(fun() -> account(1000000, Self) end)
                         || _ <- lists:seq(1, Count)]),
    transfer(All, Transactions, 1),
    [receive settled -> ok end || _ <- lists:seq(1, Transactions)],
    Accounts = tuple_to_list(All),
    [Each ! close || Each <- Accounts],
    End ! {balance, lists:sum([receive {closed, Of} -> Of end || _ <- Accounts])}.

%% Money goes to a later account only, so that no two wait for each other.
transfer(_, 0, _) -> ok;
transfer(All, Left, Random) ->
    First = Random * 48271 rem 2147483647,
    Second = First * 48271 rem 2147483647,
    Third = Second * 48271 rem 2147483647,
    From = First rem (tuple_size(All) div 10 * 8),
    To = From + 1 + Second rem (tuple_size(All) - From - 1),
    element(From + 1, All) ! {credit, Third rem 1000, element(To + 1, All)},
    transfer(All, Left - 1, Third).

account(Balance, Teller) ->
    receive
        {debit, From, Tag, Cents} ->
            From ! {Tag, Cents},
            account(Balance + Cents, Teller);
        {credit, Cents, To} ->
            Tag = make_ref(),
            To ! {debit, self(), Tag, Cents},
            receive {Tag, Cents} -> ok end,
            Teller ! settled,
            account(Balance - Cents, Teller);
        close ->
            Teller ! {closed, Balance}
    end.
