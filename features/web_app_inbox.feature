Feature: Conversations in the web app
  Ana answers Marina, a customer of "Casa Verde". Whatever happens is on her screen at once, whatever breaks
  is said, and nothing is lost.

  Background:
    Given Ana's accounts are connected

  Rule: What customers do is seen at once

    Scenario: A message in two tabs
      Given Ana has the inbox open in two tabs
      When Marina writes "Vocês abrem no sábado?"
      Then both tabs show "Vocês abrem no sábado?" at once
      And the title of both tells of 1 unread message
      And no tab was loaded again

    Scenario: A message is taken back
      Given Marina wrote "Moro na Rua das Flores, 12"
      And Ana has the conversation with Marina open
      When Marina takes her message back
      Then Ana sees that Marina took a message back
      And "Rua das Flores" is nowhere to be seen

    Scenario: A message is corrected
      Given Marina wrote "Quero duas samambaias"
      And Ana has the conversation with Marina open
      When Marina corrects it to "Quero três samambaias"
      Then the conversation shows "Quero três samambaias" from Marina
      And Ana can see that it said "Quero duas samambaias" before

    Scenario: A reaction
      Given Marina wrote "Vocês abrem no sábado?"
      And Ana has the conversation with Marina open
      And Ana answered "Sim, até as 13h"
      When Marina reacts to the answer
      Then Ana sees Marina's reaction at "Sim, até as 13h"

    Scenario: An answer to a story
      Given Ana has the inbox open
      When Marina answers the story of the shop "Que linda!"
      And Ana opens the conversation with Marina
      Then "Que linda!" is shown with the story that it answers

  Rule: An answer arrives once, and says how far it is

    Scenario: A text
      Given Marina wrote "Vocês abrem no sábado?"
      And Ana has the conversation with Marina open
      When Ana answers "Sim, até as 13h"
      Then Marina receives "Sim, até as 13h"
      And "Sim, até as 13h" is shown as sent
      And "Sim, até as 13h" is shown as seen once Marina has read it

    Scenario: A picture
      Given Marina wrote "Tem foto da jiboia?"
      And Ana has the conversation with Marina open
      When Ana answers with a picture
      Then Marina receives a picture
      And the conversation shows the picture

    Scenario: Buttons
      Given Marina wrote "Quero encomendar"
      And Ana has the conversation with Marina open
      When Ana answers "Para quando?" with the buttons "Hoje" and "Amanhã"
      Then Marina receives "Para quando?" with the buttons "Hoje" and "Amanhã"
      And Ana sees it when Marina presses "Amanhã"

    Scenario: A canned reply
      Given the shop has the canned reply "pix" with "A chave é pix@casaverde.example"
      And Marina wrote "Como pago?"
      And Ana has the conversation with Marina open
      When Ana calls up the canned reply "pix" and sends it
      Then Marina receives "A chave é pix@casaverde.example"

    Scenario: A text that is not sent yet
      Given Marina wrote "Oi"
      And Ana has the conversation with Marina open
      When Ana writes "Vou ver no estoque" and loads the page again
      Then "Vou ver no estoque" is still to be sent
      And Marina receives nothing

    Scenario: On a phone, at night
      Given Ana uses a phone at night
      And Marina wrote "Vocês abrem no sábado?"
      And Ana has the inbox open
      When Ana opens the conversation with Marina
      And Ana answers "Sim, até as 13h"
      Then Marina receives "Sim, até as 13h"
      And Ana finds "Sim, até as 13h" in the list when she goes back to it

  Rule: The window closes whether one writes or not

    Scenario: It closes over a text
      Given Marina wrote "Ainda tem?" almost 24 hours ago
      And Ana has the conversation with Marina open
      And Ana is writing "Tem, sim"
      When the time to answer ends
      Then "Tem, sim" is still to be sent
      And Ana can send it as human agent alone
      And Marina receives "Tem, sim" as from a human agent

  Rule: Whatever breaks, nothing is missed and nothing comes twice

    Scenario: The service is killed and comes back
      Given Marina wrote "Um"
      And Ana has the conversation with Marina open
      When the service is killed
      And Marina writes "Dois" and "Três" before it is back
      Then the conversation shows "Um", "Dois" and "Três", each once and in this order
      And no tab was loaded again

    Scenario: The network goes away
      Given Marina wrote "Um"
      And Ana has the conversation with Marina open
      When Ana is offline while Marina writes "Dois" and Ana answers "Três"
      Then she is told that there is no connection
      And when she is online the conversation shows "Um", "Dois" and "Três", each once and in this order
      And Marina receives "Três"

    Scenario: Meta takes an answer and does not say so
      Given Marina wrote "Oi"
      And Ana has the conversation with Marina open
      And Meta takes the next answer and falls silent
      When Ana answers "Bom dia!"
      Then Ana is told that nobody knows whether "Bom dia!" arrived
      And when she checks, "Bom dia!" is shown as sent
      And Marina receives "Bom dia!"

    Scenario: An answer is lost on its way to Meta
      Given Marina wrote "Oi"
      And Ana has the conversation with Marina open
      And the next answer is lost on its way to Meta
      When Ana answers "Bom dia!"
      Then Ana is told that nobody knows whether "Bom dia!" arrived
      And when she sends it again, knowing what that means, "Bom dia!" is shown as sent
      And Marina receives "Bom dia!"

    Scenario: Meta refuses an answer
      Given Marina wrote "Oi"
      And Ana has the conversation with Marina open
      And Marina blocked the shop
      When Ana answers "Bom dia!"
      Then Ana is told that "Bom dia!" failed because Marina cannot be reached
      And she can send it again once Marina let the shop in
