Feature: What an answer may be
  An answer may be more than text. Each surface takes other kinds and amounts, and what it does not take is
  refused with the reason before anything is sent.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Rule: What the surface takes arrives as it was meant

    Scenario: Several pictures in one message
      Given Ana wrote to the Instagram account "casaverde" "Tem foto?"
      When Bia answers Ana with 3 pictures
      Then Ana receives one message with 3 pictures

    Scenario: Answers to tap
      Given Ana wrote to the Page "Casa Verde" "Quero encomendar"
      When Bia answers Ana "Para quando?" with "Hoje" and "Amanhã" to tap
      Then Ana receives "Para quando?" with "Hoje" and "Amanhã" to tap

    Scenario: Cards side by side
      Given Ana wrote to the Instagram account "casaverde" "O que tem hoje?"
      When Bia answers Ana with cards for "Pão de queijo" and "Bolo de fubá"
      Then Ana receives cards for "Pão de queijo" and "Bolo de fubá"

    Scenario: A heart on Instagram
      Given Ana wrote to the Instagram account "casaverde" "Adorei!"
      When Bia answers Ana with a heart
      Then Ana receives a heart

    Scenario: A film
      Given Ana wrote to the Page "Casa Verde" "Como se faz?"
      When Bia answers Ana with a film
      Then Ana receives a film

    Scenario: Products of the catalogue
      Given Ana wrote to the Instagram account "casaverde" "O que tem hoje?"
      When Bia answers Ana with 2 products of the catalogue
      Then Ana receives 2 products of the catalogue

    Scenario: Bia writes as Lia
      Given Ana wrote to the Page "Casa Verde" "Quem atende?"
      When Bia answers Ana "Oi, aqui é a Lia" as another persona
      Then Ana receives "Oi, aqui é a Lia" only once

    Scenario: An approved template goes at any time
      Given Ana wrote to the Page "Casa Verde" 240 hours ago
      When Bia answers Ana with the approved template "order_shipped"
      Then Ana receives the approved template "order_shipped"

  Rule: What it does not take is refused, and nothing is sent

    Scenario: Too many pictures for Instagram
      Given Ana wrote to the Instagram account "casaverde" "Tem foto?"
      When Bia answers Ana with 11 pictures
      Then the answer is refused because there are too many pictures
      And Ana receives nothing

    Scenario: As many pictures on Messenger
      Given Ana wrote to the Page "Casa Verde" "Tem foto?"
      When Bia answers Ana with 11 pictures
      Then Ana receives one message with 11 pictures

    Scenario: A template on Instagram
      Given Ana wrote to the Instagram account "casaverde" "Oi"
      When Bia answers Ana with the approved template "order_shipped"
      Then the answer is refused because Instagram does not have it
      And Ana receives nothing

    Scenario: A heart on Messenger
      Given Ana wrote to the Page "Casa Verde" "Adorei!"
      When Bia answers Ana with a heart
      Then the answer is refused because Messenger does not have it
      And Ana receives nothing
